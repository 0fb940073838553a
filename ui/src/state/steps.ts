import type { Lane } from './described';
import type { Row, Rows } from './rows';

export type StepKind = 'call' | 'answer' | 'event' | 'note';
/** A line of the diagram: who says something to whom. A note has one lane twice. */
export type Step = { step: number; kind: StepKind; from: Lane; to: Lane; row: Row };
/** How long somebody is at it, in steps; `to` is infinite while nobody has answered. */
export type Span = { from: number; to: number; lane: Lane; isWait: boolean; depth: number };

type Open = { row: number; endMs: number; span: Span };

const KINDS: readonly StepKind[] = ['call', 'answer', 'event', 'note'];
/** Times that differ by less are the same. */
const SAME_MS = 0.001;
const DEEPEST = 3;

/**
 * The steps of a sequence diagram in the order in which they happen. A call is answered a step later,
 * or where its time is over; what comes later is added to the steps there are.
 */
export class Steps {
  readonly #rows: Rows;
  #from = 0;
  #to = 0;
  #row: number[] = [];
  #kind: number[] = [];
  /** The first step of each row of the stretch. */
  #first: number[] = [];
  /** Calls whose answer does not come right after them. */
  #long: Span[] = [];
  #open: Open[] = [];

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  get count(): number {
    return this.#row.length;
  }

  /** Looks at a stretch of rows; `anew` where rows that were looked at have changed. */
  look(from: number, to: number, anew: boolean): void {
    if (anew || from !== this.#from || to < this.#to) this.#clear(from);
    for (let row = this.#to; row < to; row += 1) this.#add(row);
    this.#to = to;
    // Whatever is answered by now was answered before anything else could happen.
    this.#answerUntil(Infinity);
  }

  at(step: number): Step {
    const row = this.#rows.get(this.#row[step] ?? 0);
    const kind = this.kind(step);
    if (kind === 'call') return { step, kind, from: 'python', to: row.lane, row };
    if (kind === 'answer') return { step, kind, from: row.lane, to: 'python', row };
    if (kind === 'event') return { step, kind, from: 'person', to: row.name === 'dispatch' || row.name === 'answer' ? 'engine' : 'window', row };
    return { step, kind, from: row.lane, to: row.lane, row };
  }

  kind = (step: number): StepKind => KINDS[this.#kind[step] ?? 3] ?? 'note';
  rowOf = (step: number): number => this.#row[step] ?? -1;

  /** The first step of a row; null where it has none here. */
  stepOf(row: number): number | null {
    return this.#first[row - this.#from] ?? null;
  }

  /** Who is at it in some of the steps from `from` to `to`. */
  spans(from: number, to: number): Span[] {
    const spans = this.#long.filter((span) => span.from < to && span.to >= from);
    for (let step = Math.max(0, from - 1); step < to; step += 1) {
      const row = this.rowOf(step);
      const isShort = this.kind(step) === 'call' && this.rowOf(step + 1) === row && !(this.#rows.duration(row) > 0);
      if (isShort) spans.push({ from: step, to: step + 1, lane: this.#rows.lane(row), isWait: false, depth: 0 });
    }
    return spans;
  }

  #clear(from: number): void {
    [this.#row, this.#kind, this.#first, this.#long, this.#open] = [[], [], [], [], []];
    this.#from = this.#to = from;
  }

  #add(row: number): void {
    const rows = this.#rows;
    const kind = rows.kind(row);
    const at = rows.at(row);
    // What a person does comes before what it leads to.
    this.#answerUntil(kind === 'event' ? at - SAME_MS : at + SAME_MS);
    if (kind === 'end') this.#end();
    this.#first.push(this.#row.length);
    if (kind !== 'call') return this.#push(row, kind === 'event' && rows.lane(row) === 'person' ? 'event' : 'note');
    const state = rows.state(row);
    const duration = rows.duration(row);
    const isAnswered = state !== 'waiting' && state !== 'unanswered';
    const from = this.#row.length;
    this.#push(row, 'call');
    if (isAnswered && !(duration > 0)) return this.#push(row, 'answer');
    const lane = rows.lane(row);
    const depth = Math.min(DEEPEST, this.#open.filter(({ span }) => span.lane === lane).length);
    const span = { from, to: Infinity, lane, isWait: lane === 'person', depth };
    this.#long.push(span);
    this.#open.push({ row, endMs: isAnswered ? at + duration : Infinity, span });
  }

  #answerUntil(ms: number): void {
    const due = this.#open.filter(({ endMs }) => endMs < ms).sort((a, b) => a.endMs - b.endMs);
    if (due.length === 0) return;
    for (const { row, span } of due) {
      span.to = this.#row.length;
      this.#push(row, 'answer');
    }
    this.#open = this.#open.filter(({ endMs }) => endMs >= ms);
  }

  /** Nobody answers what the end of the run left open. */
  #end(): void {
    for (const { span } of this.#open) span.to = this.#row.length;
    this.#open = [];
  }

  #push(row: number, kind: StepKind): void {
    this.#row.push(row);
    this.#kind.push(KINDS.indexOf(kind));
  }
}
