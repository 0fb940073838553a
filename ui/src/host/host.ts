import type { Batch, Reply, Source } from './types';

/** Everything the interface knows of where it runs. */
export interface Host {
  readonly kind: 'desktop' | 'browser';
  openSession(onEvents: (batch: Batch) => void): Promise<Session>;
}

export interface Session {
  /** Runs a program; resolves when it ended. Events arrive meanwhile. */
  run(source: Source): Promise<Reply>;
  /** Stops what runs; resolves when the session can be used again. */
  cancel(): Promise<Reply>;
  close(): Promise<void>;
}

export type {
  Batch,
  Source,
  Limits,
  Reply,
  Outcome,
  RunError,
  Frame,
  Usage,
  Event,
  Stream,
  PythonValue,
  Misuse,
} from './types';
