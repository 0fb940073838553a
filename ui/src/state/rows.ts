import type { Range } from '../host/host';
import { type Described, KINDS, type Kind, LANES, type Lane, STATES, type State, describe } from './described';
import type { Entry } from './entries';

/** A row of the record, as it is shown. */
export type Row = Described & { seq: number; atMs: number };

const FIRST_ROOM = 1024;
const ASKED_WITHIN = 5000;

/**
 * The entries of a session, in columns: a hundred thousand objects would be slow to make and to keep.
 * Rows have numbers of their own from 0, which go on by one; `seq` of a row is `base` more.
 */
export class Rows {
  count = 0;
  base = 0;
  #at = new Float64Array(FIRST_ROOM);
  /** NaN where there is none. */
  #duration = new Float64Array(FIRST_ROOM);
  #kind = new Uint8Array(FIRST_ROOM);
  #lane = new Uint8Array(FIRST_ROOM);
  #state = new Uint8Array(FIRST_ROOM);
  #name = new Uint32Array(FIRST_ROOM);
  /** The file and four positions; a line of 0 where there is no range. */
  #place = new Uint32Array(FIRST_ROOM * 5);
  #said: string[] = [];
  #answer: string[] = [];
  /** Functions that were called. */
  readonly functions = new Set<string>();
  readonly #names = new Words();
  readonly #files = new Words();

  /** Adds entries that come right after those there are. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.count === 0) this.base = entry.seq;
      this.#reserve(this.count + 1);
      this.count += 1;
      this.#put(this.count - 1, entry);
    }
  }

  /** Says anew what there is of an entry. */
  change(entry: Entry): void {
    const row = entry.seq - this.base;
    if (row >= 0 && row < this.count) this.#put(row, entry);
  }

  clear(): void {
    this.count = this.base = 0;
    this.#said = [];
    this.#answer = [];
    this.functions.clear();
  }

  get(row: number): Row {
    const duration = this.duration(row);
    return {
      seq: this.base + row,
      atMs: this.at(row),
      kind: this.kind(row),
      lane: this.lane(row),
      state: this.state(row),
      name: this.name(row),
      said: this.#said[row] ?? '',
      answer: this.#answer[row] ?? '',
      durationMs: Number.isNaN(duration) ? null : duration,
      range: this.range(row),
    };
  }

  at = (row: number): number => this.#at[row] ?? 0;
  /** NaN where it takes no time, or nobody knows yet. */
  duration = (row: number): number => this.#duration[row] ?? NaN;
  kind = (row: number): Kind => KINDS[this.#kind[row] ?? 0] ?? 'note';
  lane = (row: number): Lane => LANES[this.#lane[row] ?? 0] ?? 'python';
  state = (row: number): State => STATES[this.#state[row] ?? 0] ?? 'none';
  name = (row: number): string => this.#names.at(this.#name[row] ?? 0);
  line = (row: number): number => this.#place[row * 5 + 1] ?? 0;
  isOf = (row: number, file: string): boolean => this.#files.at(this.#place[row * 5] ?? 0) === file;

  range(row: number): Range | null {
    const [file = 0, line = 0, column = 0, endLine = 0, endColumn = 0] = this.#place.subarray(row * 5, row * 5 + 5);
    if (line === 0) return null;
    return { filename: this.#files.at(file), start: { line, column }, end: { line: endLine, column: endColumn } };
  }

  /** Whether a text, in small letters, is in what the row says. */
  says(row: number, text: string): boolean {
    const within = (said: string | undefined) => said !== undefined && said.toLowerCase().includes(text);
    return within(this.name(row)) || within(this.#said[row]) || within(this.#answer[row]);
  }

  /** Whether a person answered a question about a call later on, such as whether it may be. */
  wasAsked(row: number, callId: number): boolean {
    const last = Math.min(this.count, row + ASKED_WITHIN);
    for (let later = row + 1; later < last; later += 1) {
      if (this.kind(later) === 'event' && this.name(later) === 'answer' && this.#said[later] === `to call #${callId}`) return true;
      if (this.kind(later) === 'end') return false;
    }
    return false;
  }

  #put(row: number, entry: Entry): void {
    const { kind, lane, state, name, said, answer, durationMs, range } = describe(entry);
    if (kind === 'call') this.functions.add(name);
    this.#at[row] = entry.atMs;
    this.#duration[row] = durationMs ?? NaN;
    this.#kind[row] = KINDS.indexOf(kind);
    this.#lane[row] = LANES.indexOf(lane);
    this.#state[row] = STATES.indexOf(state);
    this.#name[row] = this.#names.number(name);
    this.#said[row] = said;
    this.#answer[row] = answer;
    const file = range ? this.#files.number(range.filename) : 0;
    this.#place.set([file, range?.start.line ?? 0, range?.start.column ?? 0, range?.end.line ?? 0, range?.end.column ?? 0], row * 5);
  }

  #reserve(count: number): void {
    const room = this.#at.length;
    if (count <= room) return;
    const grown = room * 2;
    this.#at = moved(this.#at, new Float64Array(grown));
    this.#duration = moved(this.#duration, new Float64Array(grown));
    this.#kind = moved(this.#kind, new Uint8Array(grown));
    this.#lane = moved(this.#lane, new Uint8Array(grown));
    this.#state = moved(this.#state, new Uint8Array(grown));
    this.#name = moved(this.#name, new Uint32Array(grown));
    this.#place = moved(this.#place, new Uint32Array(grown * 5));
  }
}

/** Words by number: names of functions come by the thousand. */
class Words {
  readonly #words: string[] = [];
  readonly #numbers = new Map<string, number>();

  number(word: string): number {
    const known = this.#numbers.get(word);
    if (known !== undefined) return known;
    this.#numbers.set(word, this.#words.length);
    return this.#words.push(word) - 1;
  }

  at(number: number): string {
    return this.#words[number] ?? '';
  }
}

function moved<Column extends Float64Array | Uint32Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
