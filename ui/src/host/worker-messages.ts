// What goes between the page and its worker. Sources, messages, batches and replies are JSON, as on
// the desktop.

export type ToWorker =
  | { type: 'init'; module: WebAssembly.Module }
  /** To run something of its own, until anything else is said. */
  | { type: 'warm' }
  | { type: 'rest' }
  | { type: 'open'; key: Uint8Array<ArrayBuffer>; ageMs: number }
  | { type: 'recall'; log: LogItem[]; recording: boolean }
  | { type: 'begin'; how: 'run' | 'start' | 'feed'; source: string }
  | { type: 'send'; message: string }
  | { type: 'aside'; seq: number; message: string }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready' }
  /** It has run what it was to run of its own. */
  | { type: 'warm' }
  | { type: 'recalled' }
  | { type: 'turn'; running: boolean; waits: boolean }
  | { type: 'heard'; seq: number; json: string }
  | { type: 'batch'; json: string }
  | { type: 'log'; items: LogItem[] }
  | { type: 'reply'; json: string }
  | { type: 'broken'; json: string }
  | { type: 'spent' };

/** A piece of the record, or with the kind `rest` the session at rest. */
export type LogItem = { kind: string; name: string; bytes: Uint8Array<ArrayBuffer> };
