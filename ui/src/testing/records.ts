// Entries of a record, as a session tells them.

import type { Range } from '../host/host';

export type Raw = { seq: number; atMs: number; kind: string } & Record<string, unknown>;

export function rangeAt(line: number): Range {
  return { filename: 'main.py', start: { line, column: 1 }, end: { line, column: 9 } };
}

export function runAt(seq: number, atMs = 0, cell = 'main.py'): Raw {
  return { seq, atMs, kind: 'run', command: 'feed', code: 'pass', cell, inputs: {}, seed: 1 };
}

export function callAt(seq: number, atMs: number, functionName: string, more: Record<string, unknown> = {}): Raw {
  const answer = { by: 'extension', with: 'value', value: seq };
  return { seq, atMs, kind: 'call', lane: 'extension', functionName, args: [seq], kwargs: {}, callId: seq, awaited: false, range: rangeAt(seq), answer, durationMs: 0, dump: false, ...more };
}


/** A call that nobody has answered: JSON leaves out what is undefined. */
export function openCallAt(seq: number, atMs: number, functionName: string): Raw {
  return callAt(seq, atMs, functionName, { answer: undefined, durationMs: undefined });
}

export function printAt(seq: number, atMs: number, text: string): Raw {
  return { seq, atMs, kind: 'print', stream: 'stdout', text };
}

export function endAt(seq: number, atMs: number): Raw {
  return { seq, atMs, kind: 'end', ok: true, value: null, usage: {} };
}

/** A page with all entries from a number on. */
export function pageOf(entries: readonly Raw[], from = 0, limit = Infinity, recording = true): string {
  const wanted = entries.filter(({ seq }) => seq >= from).slice(0, limit);
  const end = (entries.at(-1)?.seq ?? -1) + 1;
  const next = (wanted.at(-1)?.seq ?? end - 1) + 1;
  return JSON.stringify({ entries: wanted, first: entries[0]?.seq ?? 0, next, end, recording });
}
