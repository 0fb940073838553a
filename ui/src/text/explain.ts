import type { RunError } from '../host/host';
import type { Ending } from '../state/ending';
import { bytes, number } from './units';

export type Explanation = { title: string; detail: string; next: string };

type LimitWords = { name: string; value: (max: number) => string; next: string };

const ms = (max: number) => `${number(max)} ms`;

const LIMITS: Record<string, LimitWords> = {
  timeoutMs: { name: 'Time limit', value: ms, next: 'Make the program do less, or raise the time limit above.' },
  turnTimeoutMs: { name: 'Time limit of a turn', value: ms, next: 'Make the program do less between two calls.' },
  memoryBytes: { name: 'Memory limit', value: bytes, next: 'Keep less at a time, or raise the memory limit above.' },
  recursionDepth: { name: 'Recursion limit', value: number, next: 'Check that the function stops calling itself.' },
  hostCalls: { name: 'Limit of calls', value: number, next: 'Call fewer external functions.' },
  sleepMs: { name: 'Limit of sleep', value: ms, next: 'Sleep less.' },
  printBytes: { name: 'Limit of output', value: bytes, next: 'Print less.' },
};

/** What an ending that is no value is called, and what to do about it. */
export function explain(ending: Exclude<Ending, { kind: 'value' }>): Explanation {
  switch (ending.kind) {
    case 'exception':
      return { title: ending.error.excType, detail: ending.error.message, next: nextOf(ending.error) };
    case 'limit':
      return explainLimit(ending.error);
    case 'crash':
      return {
        title: 'The interpreter broke down. Your program and the session are safe.',
        detail: ending.error.message,
        next: 'Run again; if it breaks down again, take out lines until it does not.',
      };
    case 'stopped':
      return { title: 'Stopped', detail: ending.how ?? '', next: 'What was printed is kept. Run starts the program afresh.' };
    case 'failed':
      return { title: 'The program could not be run', detail: ending.message, next: 'Run again to start a new session.' };
  }
}

function nextOf(error: RunError): string {
  const line = error.traceback.at(-1)?.line;
  return line === undefined ? 'Change the program and run again.' : `Change line ${line} and run again.`;
}

function explainLimit(error: RunError): Explanation {
  const words = LIMITS[error.limit ?? ''];
  const next = words?.next ?? 'Make the program do less, or raise the limit.';
  if (!words) return { title: `Limit reached${error.limit ? `: ${error.limit}` : ''}`, detail: error.message, next };
  const max = error.max == null ? '' : `: ${words.value(error.max)}`;
  return { title: `${words.name} reached${max}`, detail: `${error.excType}: ${error.message}`, next };
}
