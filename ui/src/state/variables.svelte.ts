/* eslint-disable svelte/prefer-svelte-reactivity -- these maps are replaced whole, never changed */
import type { Opened, Variable } from '../host/host';
import type { RunSession } from './session.svelte';

/** What became of a value since the last look. */
export type Mark = 'new' | 'changed' | null;

export type ValueRow = {
  kind: 'value';
  key: string;
  level: number;
  path: readonly Opened[];
  variable: Variable;
  isOpen: boolean;
  mark: Mark;
};
/** Stands for the parts of a value that are not there yet. */
export type MoreRow = { kind: 'more'; key: string; level: number; path: readonly Opened[]; loaded: number; total: number };
export type Row = ValueRow | MoreRow;

/** The parts of a value, as far as they were asked for. */
type Parts = { path: readonly Opened[]; items: readonly Variable[]; total: number };
type Table = ReadonlyMap<string, Parts>;
type Session = Pick<RunSession, 'ask' | 'phase' | 'waits' | 'pending'>;

/** Between two looks while a program waits again and again. */
const GAP_MS = 250;
/** A host hears of a wait a little later than who listens; before that it would let the question wait for the program. */
const SETTLE_MS = 40;
/** Longer than a session takes to say that it took too long. */
const PATIENCE_MS = 7000;
const ROOT: readonly Opened[] = [];
const keyOf = (path: readonly Opened[]): string => JSON.stringify(path);

/** The names of the session and what is in them, as they were at the last look. */
export class Variables {
  filter = $state('');
  /** Why there is nothing to be seen. */
  problem: string | null = $state(null);
  /** When the last look was, in words. */
  moment: string | null = $state(null);
  looking = $state(false);

  #table: Table = $state.raw(new Map());
  #marks: ReadonlyMap<string, Mark> = $state.raw(new Map());
  readonly #session: Session;
  #wanted = false;
  #lookedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether they can be had: not while a program computes. */
  get readable(): boolean {
    const { phase, waits } = this.#session;
    return phase === 'idle' || phase === 'paused' || (phase === 'running' && waits.length > 0);
  }

  get total(): number {
    return this.#table.get(keyOf(ROOT))?.total ?? 0;
  }

  readonly rows: readonly Row[] = $derived.by(() => {
    const rows: Row[] = [];
    this.#lay(ROOT, 1, this.filter.trim().toLowerCase(), rows);
    return rows;
  });

  /** Looks soon; a little later if it has just looked. */
  look(): void {
    const wait = Math.max(SETTLE_MS, this.#lookedAt + GAP_MS - performance.now());
    this.#timer ??= setTimeout(() => void this.refresh(), wait);
  }

  /** Looks at what is open again, and marks what is otherwise. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = true;
    if (this.looking) return;
    this.looking = true;
    while (this.#wanted && this.readable) {
      this.#wanted = false;
      await this.#read();
    }
    this.looking = false;
  }

  /** No more looks until the next wish. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted = false;
  }

  async toggle({ path, isOpen, variable }: ValueRow): Promise<void> {
    if (isOpen) return this.#close(path);
    if (variable.opens) await this.#load(path, []);
  }

  async more({ path }: MoreRow): Promise<void> {
    await this.#load(path, this.#table.get(keyOf(path))?.items ?? []);
  }

  async #load(path: readonly Opened[], before: readonly Variable[]): Promise<void> {
    if (!this.readable) return;
    try {
      const page = await this.#page(path, before.length);
      const items = [...before, ...page.items];
      this.#table = new Map(this.#table).set(keyOf(path), { path, items, total: page.total });
      this.problem = null;
    } catch (cause) {
      this.problem = wordsOf(cause);
    }
  }

  #close(path: readonly Opened[]): void {
    this.#table = new Map([...this.#table].filter(([, parts]) => !startsWith(parts.path, path)));
  }

  async #read(): Promise<void> {
    const moment = this.#now();
    const before = this.#table;
    this.#lookedAt = performance.now();
    try {
      const table = new Map<string, Parts>();
      table.set(keyOf(ROOT), await this.#parts(ROOT, before.get(keyOf(ROOT))?.items.length ?? 0));
      const open = [...before.values()].filter(({ path }) => path.length > 0).sort((a, b) => a.path.length - b.path.length);
      for (const { path, items } of open) {
        if (opens(table, path)) table.set(keyOf(path), await this.#parts(path, items.length));
      }
      this.#marks = marksOf(before, table);
      this.#table = table;
      this.moment = moment;
      this.problem = null;
    } catch (cause) {
      // A program that has begun to compute meanwhile will be asked when it waits again.
      if (this.readable) this.problem = wordsOf(cause);
    }
    this.#lookedAt = performance.now();
  }

  /** As many parts as were there before, at least a page. */
  async #parts(path: readonly Opened[], wanted: number): Promise<Parts> {
    let { items, total } = await this.#page(path, 0);
    while (items.length < wanted && items.length < total) {
      const next = await this.#page(path, items.length);
      if (next.items.length === 0) break;
      items = [...items, ...next.items];
      total = next.total;
    }
    return { path, items, total };
  }

  async #page(path: readonly Opened[], from: number): Promise<{ items: readonly Variable[]; total: number }> {
    const answer = await inTime(this.#session.ask((session) => session.variables(null, [...path], from)));
    if (answer.state === 'variables') return { items: answer.variables, total: answer.total };
    throw new Error(answer.state === 'refused' ? answer.message : `the session answered ${answer.state}`);
  }

  #now(): string {
    const { phase, pending, waits } = this.#session;
    if (phase === 'paused') return pending ? `at the call of ${pending.functionName}` : 'where it waits for an answer';
    const wait = waits.at(-1);
    return phase === 'idle' || !wait ? 'at rest' : `while ${wait.functionName} waits`;
  }

  /** Adds the rows of a value; whether there are any under this filter. */
  #lay(path: readonly Opened[], level: number, filter: string, rows: Row[]): boolean {
    const parts = this.#table.get(keyOf(path));
    if (!parts) return false;
    const before = rows.length;
    for (const variable of parts.items) {
      const own = [...path, stepOf(variable)];
      const key = keyOf(own);
      const isOpen = this.#table.has(key);
      const at = rows.push({ kind: 'value', key, level, path: own, variable, isOpen, mark: this.#marks.get(key) ?? null });
      const isNamed = variable.name.toLowerCase().includes(filter);
      const fits = isNamed || `${variable.type}\n${variable.preview}`.toLowerCase().includes(filter);
      // A value that is named so is seen whole; of another one the parts that fit.
      const partsFit = isOpen && this.#lay(own, level + 1, isNamed ? '' : filter, rows);
      if (!fits && !partsFit) rows.length = at - 1;
    }
    const loaded = parts.items.length;
    const isMore = loaded < parts.total && (filter === '' || rows.length > before || path.length === 0);
    if (isMore) rows.push({ kind: 'more', key: `${keyOf(path)}…`, level, path, loaded, total: parts.total });
    return rows.length > before;
  }
}

/** An answer, or an error if there is none for long. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The session did not answer.')), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function stepOf({ step, name }: Variable): Opened {
  return step ?? name;
}

function startsWith(path: readonly Opened[], start: readonly Opened[]): boolean {
  return path.length >= start.length && start.every((step, index) => step === path[index]);
}

/** Whether a value is still there and still has parts. */
function opens(table: Table, path: readonly Opened[]): boolean {
  const beside = table.get(keyOf(path.slice(0, -1)));
  return beside?.items.some((item) => stepOf(item) === path.at(-1) && item.opens) ?? false;
}

function marksOf(before: Table, now: Table): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const [key, { path, items }] of now) {
    const known = before.get(key);
    // Where there was nothing, all is new, and nothing is worth a mark.
    if (!known || known.total === 0) continue;
    const old = new Map(known.items.map((item) => [stepOf(item), item]));
    for (const item of items) {
      const was = old.get(stepOf(item));
      const own = keyOf([...path, stepOf(item)]);
      if (!was && known.items.length >= known.total) marks.set(own, 'new');
      else if (was && !isSame(was, item)) marks.set(own, 'changed');
    }
  }
  return marks;
}

function isSame(a: Variable, b: Variable): boolean {
  return a.type === b.type && a.preview === b.preview && (a.size ?? null) === (b.size ?? null);
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
