// Workers that have the engine already. One more than is in use waits, so that a program can be
// ended by ending its worker and the next one runs at once.

import wasmUrl from './engine/web_bg.wasm?url';
import type { FromWorker, ToWorker } from './worker-messages';

export const compiled = compile();

let spare: Promise<Worker> | undefined;

async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(wasmUrl));
  } catch {
    // A server that does not know the type of the file is no reason to fail.
    return WebAssembly.compile(await (await fetch(wasmUrl)).arrayBuffer());
  }
}

export function takeWorker(): Promise<Worker> {
  const taken = spare?.catch(start) ?? start();
  spare = taken.then(start, start);
  // Whoever takes it is told.
  spare.catch(() => undefined);
  return taken;
}

async function start(): Promise<Worker> {
  const module = await compiled;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'ready') resolve(worker);
    };
    worker.onerror = (event) => reject(new Error(`The interpreter could not be started: ${event.message}`));
    post(worker, { type: 'init', module });
  });
}

export function post(worker: Worker, message: ToWorker) {
  worker.postMessage(message);
}

export function end(worker: Worker) {
  worker.onmessage = null;
  worker.onerror = null;
  worker.terminate();
}
