import type { Ending } from '../../state/ending';

/** What was used of a limit. */
export type Gauge = { used: number; max: number; level: 'low' | 'high' | 'reached' };

const HIGH = 0.8;
/** While it runs nobody here knows the exact figure, so that it is not said to be reached. */
const AT_MOST_LIVE = 0.99;

/** Null where there is no limit, or nothing to say of it. */
export function gauge(used: number | null, max: number, reached: boolean): Gauge | null {
  if (used === null || max <= 0) return null;
  if (reached) return { used: Math.max(used, max), max, level: 'reached' };
  const within = Math.min(used, max);
  return { used: within, max, level: within >= max * HIGH ? 'high' : 'low' };
}

export function liveGauge(used: number, max: number): Gauge | null {
  return gauge(Math.min(used, max * AT_MOST_LIVE), max, false);
}

/** Whether a run ended at this limit. */
export function endedAt(ending: Ending | null, limit: string): boolean {
  return ending?.kind === 'limit' && ending.error.limit === limit;
}

/** The time that something runs, without the time that it waits. */
export class Clock {
  #passed = 0;
  #since: number | null = null;

  begin(): void {
    this.#passed = 0;
    this.#since = null;
  }

  goes(on: boolean, now: number): void {
    if (on && this.#since === null) this.#since = now;
    if (on || this.#since === null) return;
    this.#passed += now - this.#since;
    this.#since = null;
  }

  at(now: number): number {
    return this.#passed + (this.#since === null ? 0 : now - this.#since);
  }
}
