// Workers that have the engine already. One more than is in use waits, so that a program can be
// ended by ending its worker and the next one runs at once.

import wasmUrl from './engine/web_bg.wasm?url';
import type { FromWorker, ToWorker } from './worker-messages';

export const compiled = compile();

let spare: Promise<Worker> | undefined;
/** The spare worker that warms the module up; null once that is done. */
let warming: Worker | null | undefined;

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
  // One that is taken stops warming; the next one begins again.
  taken.then((worker) => void (worker === warming && (warming = undefined)), () => undefined);
  spare = taken.then(start, start);
  // Whoever takes it is told.
  spare.then(warm, () => undefined);
  return taken;
}

/** Lets a worker that nobody needs yet make the module fast, once the page has nothing else to do. */
function warm(worker: Worker) {
  if (warming !== undefined) return;
  warming = worker;
  const begin = () => {
    if (warming === worker) post(worker, { type: 'warm' });
  };
  if ('requestIdleCallback' in globalThis) requestIdleCallback(begin, { timeout: 1000 });
  else setTimeout(begin, 300);
}

/** Leaves the processor to a program. */
function rest() {
  const worker = warming;
  warming = null;
  if (worker) post(worker, { type: 'rest' });
}

async function start(): Promise<Worker> {
  const module = await compiled;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'ready') resolve(worker);
      else if (data.type === 'warm') {
        warming = null;
        // The benchmark of the stage waits for it.
        performance.mark('warm');
      }
    };
    worker.onerror = (event) => reject(new Error(`The interpreter could not be started: ${event.message}`));
    post(worker, { type: 'init', module });
  });
}

export function post(worker: Worker, message: ToWorker) {
  if (message.type === 'begin') rest();
  worker.postMessage(message);
}

export function end(worker: Worker) {
  worker.onmessage = null;
  worker.onerror = null;
  worker.terminate();
}
