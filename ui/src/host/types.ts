import type { EdgeLimits, Frame, Usage } from './bindings';

export type PythonValue = null | boolean | number | string | PythonValue[] | { [key: string]: PythonValue };

// What Rust declares is generated; only what the interface says in its own words stands here.
export type { Batch, EdgeLimits as Limits, Event, Frame, Stream, Usage } from './bindings';

export type Source = {
  code: string;
  limits?: EdgeLimits;
  scriptName?: string | null;
  externalFunctions?: string[];
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
