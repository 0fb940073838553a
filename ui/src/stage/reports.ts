import type { DomEvent } from './types';

/** What the frame says. Its words are checked like those of a stranger. */
export type Report =
  | ({ type: 'event' } & DomEvent)
  | { type: 'painted'; seq: number; ms: number; empty: boolean; refused: number; why: string | null }
  | { type: 'isolated'; results: { name: string; closed: boolean }[] }
  | { type: 'shortcut'; keys: string }
  | { type: 'focusWanted' };

const LONGEST_TYPE = 40;
const LONGEST_KEYS = 40;
const LONGEST_VALUE = 10_000_000;

export function readReport(data: unknown): Report | null {
  if (!isRecord(data)) return null;
  switch (data.type) {
    case 'event':
      return readEvent(data);
    case 'painted':
      return readPainted(data);
    case 'isolated':
      return readIsolated(data);
    case 'shortcut':
      return readShortcut(data);
    case 'focusWanted':
      return { type: 'focusWanted' };
    default:
      return null;
  }
}

function readShortcut({ keys }: Record<string, unknown>): Report | null {
  return typeof keys === 'string' && keys.length <= LONGEST_KEYS ? { type: 'shortcut', keys } : null;
}

function readEvent({ handle, eventType, value }: Record<string, unknown>): Report | null {
  if (!isWhole(handle) || typeof eventType !== 'string' || eventType.length > LONGEST_TYPE) return null;
  if (typeof value !== 'string' && typeof value !== 'boolean' && value !== null) return null;
  if (typeof value === 'string' && value.length > LONGEST_VALUE) return null;
  return { type: 'event', handle, eventType, value };
}

function readPainted({ seq, ms, empty, refused, why }: Record<string, unknown>): Report | null {
  if (!isWhole(seq) || typeof ms !== 'number' || typeof empty !== 'boolean' || !isWhole(refused)) return null;
  return { type: 'painted', seq, ms, empty, refused, why: typeof why === 'string' ? why : null };
}

function readIsolated({ results }: Record<string, unknown>): Report | null {
  if (!Array.isArray(results)) return null;
  const read = results.map((each: unknown) => {
    const sound = isRecord(each) && typeof each.name === 'string' && typeof each.closed === 'boolean';
    return sound ? { name: String(each.name), closed: each.closed === true } : null;
  });
  const whole = read.filter((each) => each !== null);
  return whole.length === read.length ? { type: 'isolated', results: whole } : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
