import type { Rows } from './rows';

/** A wait for a person that is worth leaving out. */
const IDLE_MS = 50;
/** What is left of it, as a share of the rest. */
const KEPT = 0.02;

export type Idle = { from: number; to: number };

/** The time that rows share, and the stretches of it in which only a person was waited for. */
export class Axis {
  readonly from: number;
  readonly to: number;
  readonly idle: readonly Idle[];
  readonly #collapsed: boolean;
  /** How much idle time there is before each idle stretch. */
  readonly #before: number[] = [];
  readonly #length: number;
  readonly #gap: number;

  constructor(from: number, to: number, idle: readonly Idle[], collapsed: boolean) {
    [this.from, this.to, this.idle, this.#collapsed] = [from, to, idle, collapsed];
    let sum = 0;
    for (const each of idle) {
      this.#before.push(sum);
      sum += each.to - each.from;
    }
    const busy = Math.max(0, to - from - sum);
    // All gaps together take a third at most.
    this.#gap = collapsed && idle.length > 0 ? Math.min(busy * KEPT, busy / 3 / idle.length) || 1 : 0;
    this.#length = (collapsed ? busy + this.#gap * idle.length : to - from) || 1;
  }

  /** Where a moment lies, from 0 to 1. */
  place(ms: number): number {
    const at = Math.min(Math.max(ms, this.from), this.to);
    if (!this.#collapsed) return (at - this.from) / this.#length;
    const next = this.#after(at);
    const last = this.idle[next - 1];
    if (!last) return (at - this.from) / this.#length;
    const length = last.to - last.from;
    const within = Math.min(at - last.from, length);
    const passed = at - this.from - (this.#before[next - 1] ?? 0) - within;
    return (passed + (next - 1) * this.#gap + (within / length) * this.#gap) / this.#length;
  }

  /** How much time there was without a person being waited for. */
  get busyMs(): number {
    return this.idle.reduce((left, { from, to }) => left - (to - from), this.to - this.from);
  }

  /** The number of the first stretch that begins later. */
  #after(ms: number): number {
    let [low, high] = [0, this.idle.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.idle[middle]?.from ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** When a run began. Its settings are told before it, and it may be long before. */
export function startOf(rows: Rows, from: number, to: number): number {
  const isTold = from + 1 < to && rows.kind(from) === 'note' && rows.kind(from + 1) === 'run';
  return rows.at(isTold ? from + 1 : from);
}

/** The axis of a stretch of rows; `now` is where calls that still wait have got to. */
export function axisOf(rows: Rows, from: number, to: number, collapsed: boolean, now = 0): Axis {
  const idle: Idle[] = [];
  const start = startOf(rows, from, to);
  let end = start;
  /** Until when somebody is waited for. */
  let waitsTo = -Infinity;
  const gap = (until: number) => {
    const to = Math.min(until, waitsTo);
    if (to - end >= IDLE_MS) idle.push({ from: end, to });
  };
  for (let row = from; row < to; row += 1) {
    const at = rows.at(row);
    if (at > end) {
      gap(at);
      end = at;
    }
    if (rows.lane(row) !== 'person') continue;
    if (rows.state(row) === 'waiting') waitsTo = Math.max(waitsTo, now);
    else if (rows.duration(row) > 0) waitsTo = Math.max(waitsTo, at + rows.duration(row));
  }
  // What took long at the very end counts too.
  let last = end;
  for (let row = Math.max(from, to - 100); row < to; row += 1) {
    const duration = rows.duration(row);
    if (duration > 0) last = Math.max(last, rows.at(row) + duration);
    if (rows.state(row) === 'waiting') last = Math.max(last, now);
  }
  gap(last);
  return new Axis(start, last, idle, collapsed);
}
