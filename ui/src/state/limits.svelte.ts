import type { Limits } from '../host/host';
import { number } from '../text/units';

export type Reading = { ok: true; value: number } | { ok: false; problem: string };

export function readWhole(text: string, max: number): Reading {
  const trimmed = text.trim();
  if (trimmed === '') return { ok: false, problem: 'Enter a number; 0 means no limit.' };
  if (/^-/.test(trimmed)) return { ok: false, problem: 'Must not be negative; 0 means no limit.' };
  if (!/^[0-9]+$/.test(trimmed)) return { ok: false, problem: 'Must be a whole number.' };
  const value = Number(trimmed);
  if (value > max) return { ok: false, problem: `At most ${number(max)}.` };
  return { ok: true, value };
}

/** One limit as it is being typed. */
export class LimitInput {
  text = $state('');
  readonly max: number;

  constructor(value: number, max: number) {
    this.text = String(value);
    this.max = max;
  }

  get reading(): Reading {
    return readWhole(this.text, this.max);
  }
}

const DAY_MS = 86_400_000;
const TERABYTE_MB = 1_048_576;
const MB = 1_048_576;

/** The limits that people set. */
export class LimitInputs {
  readonly time: LimitInput;
  readonly memory: LimitInput;

  constructor(timeoutMs: number, memoryMb: number) {
    this.time = new LimitInput(timeoutMs, DAY_MS);
    this.memory = new LimitInput(memoryMb, TERABYTE_MB);
  }

  /** For the host, or null while something typed is refused. */
  get limits(): Limits | null {
    const time = this.time.reading;
    const memory = this.memory.reading;
    if (!time.ok || !memory.ok) return null;
    // The host's own limit of a turn would end what people allow to take longer.
    return { timeoutMs: time.value, turnTimeoutMs: 0, memoryBytes: memory.value * MB };
  }
}
