// What goes between the page and its worker. Sources, batches and replies are JSON, as on the desktop.

export type ToWorker =
  | { type: 'init'; module: WebAssembly.Module }
  | { type: 'run'; source: string }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'turn'; running: boolean }
  | { type: 'batch'; json: string }
  | { type: 'reply'; json: string }
  | { type: 'broken'; json: string }
  | { type: 'spent' };
