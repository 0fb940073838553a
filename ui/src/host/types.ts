export type PythonValue = null | boolean | number | string | PythonValue[] | { [key: string]: PythonValue };

export type Stream = 'stdout' | 'stderr';

/** `text` is a line with its newline, a piece of a line longer than 64 KB, or a rest without newline. */
export type Event = { event: 'print'; stream: Stream; text: string };

/** Numbered from `first`, without gaps within a session. */
export type Batch = { first: number; events: Event[] };

export type Limits = {
  timeoutMs?: number | null;
  turnTimeoutMs?: number | null;
  memoryBytes?: number | null;
  recursionDepth?: number | null;
  hostCalls?: number | null;
  sleepMs?: number | null;
  printBytes?: number | null;
};

export type Source = {
  code: string;
  limits?: Limits;
  scriptName?: string | null;
  externalFunctions?: string[];
};

export type Usage = {
  elapsedMs: number;
  waitMs: number;
  peakMemoryBytes: number;
  hostCalls: number;
  prints: number;
};

/** Lines and columns count from 1, columns in characters (code points); the end is exclusive. */
export type Frame = {
  filename: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  frameName: string | null;
  sourceLine: string | null;
};

export type RunError = {
  kind: 'exception' | 'limit' | 'crash' | 'cancelled';
  excType: string;
  message: string;
  traceback: Frame[];
  limit?: string | null;
  max?: number | null;
};

export type Outcome =
  | { ok: true; value: PythonValue; repr: string; usage: Usage }
  | { ok: false; error: RunError; usage: Usage };

export type Misuse = { code: string; message: string };

export type Reply = ({ state: 'complete' } & Outcome) | { state: 'cancelled' } | ({ state: 'error' } & Misuse);
