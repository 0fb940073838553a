// How often functions may be called in a run: what somebody writes, and what holds.

import type { Policy } from '../../state/policy';

type Limits = Policy['rateLimits'];
/** Null is no limit. */
export type CallsRead = { ok: true; calls: number | null } | { ok: false; problem: string };

const MOST_CALLS = 1_000_000_000;
/** The beginnings of what the interpreter asks of the system. */
const SYSTEM_CALL = /^(?:Path|os|time|date|datetime|asyncio|system)\.[a-z_]*\*?$/;
const FUNCTION = /^[\p{XID_Start}_]\p{XID_Continue}*\*?$/u;

/** Reads a number of calls; an empty text is no limit. */
export function readCalls(text: string): CallsRead {
  const plain = text.trim();
  if (plain === '') return { ok: true, calls: null };
  if (!/^[0-9]+$/.test(plain)) return { ok: false, problem: 'Enter a whole number of calls, or nothing for no limit.' };
  const calls = Number(plain);
  return calls <= MOST_CALLS ? { ok: true, calls } : { ok: false, problem: 'At most a billion: 1000000000.' };
}

/** What is wrong with a pattern; `known` are the functions that there are, empty while nobody knows. */
export function patternProblem(pattern: string, known: readonly string[]): string | null {
  if (pattern === '') return 'Enter a function, such as dom_text, or dom_* for all that begin so.';
  if (pattern === '*' || pattern === 'open' || SYSTEM_CALL.test(pattern)) return null;
  if (!FUNCTION.test(pattern)) return 'A pattern is the name of a function, dom_*, or the beginning of a call of the system, such as Path.';
  if (known.length === 0 || known.some((name) => fits(pattern, name))) return null;
  return pattern.endsWith('*') ? 'No function begins so.' : 'No function is called that.';
}

/** What holds for a function: the least of all that fits. */
export function limitOf(limits: Limits, name: string): { pattern: string; calls: number } | null {
  const fitting = Object.entries(limits).filter(([pattern]) => fits(pattern, name));
  const [least] = fitting.toSorted(([, a], [, b]) => a - b);
  return least ? { pattern: least[0], calls: least[1] } : null;
}

/** Limits with another one for a pattern, in its place; null takes it away. */
export function withLimit(limits: Limits, pattern: string, calls: number | null): Limits {
  if (calls !== null) return { ...limits, [pattern]: calls };
  return Object.fromEntries(Object.entries(limits).filter(([each]) => each !== pattern));
}

/** A function has another name; its limit goes with it. */
export function renamedLimit(limits: Limits, before: string, after: string): Limits {
  return Object.fromEntries(Object.entries(limits).map(([pattern, calls]) => [pattern === before ? after : pattern, calls]));
}

function fits(pattern: string, name: string): boolean {
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1));
  return pattern.endsWith('.') ? name.startsWith(pattern) : name === pattern;
}
