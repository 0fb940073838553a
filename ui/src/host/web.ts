// A plain browser: the engine in a Web Worker, and a spare one that takes over when a program has
// to be ended by ending its worker.

import type { EdgeReply } from './bindings';
import { fromEdge } from './edge';
import type { Batch, Host, Reply, Session, Source } from './host';
import { Inbox } from './inbox';
import wasmUrl from './engine/web_bg.wasm?url';
import type { FromWorker, ToWorker } from './worker-messages';

/** How far past its time limit a turn may go before its worker is ended. */
const OVERTIME_MS = 1000;
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;
/** How long a program that sleeps may take to end once it was asked to. */
const GRACE_MS = 30;

const compiled = compile();

async function compile(): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compileStreaming(fetch(wasmUrl));
  } catch {
    // A server that does not know the type of the file is no reason to fail.
    return WebAssembly.compile(await (await fetch(wasmUrl)).arrayBuffer());
  }
}

interface Running {
  source: Source;
  began: number;
  resolve: (reply: Reply) => void;
  watchdog?: ReturnType<typeof setTimeout> | undefined;
}

class WorkerSession implements Session {
  #worker: Promise<Worker>;
  #spare: Promise<Worker>;
  #inbox: Inbox;
  #running: Running | undefined;
  #inTurn = false;
  /** Events of the workers before this one. */
  #offset = 0;
  #received = 0;

  constructor(onEvents: (batch: Batch) => void) {
    this.#inbox = new Inbox(onEvents);
    this.#worker = start();
    this.#spare = this.#worker.then(start, start);
  }

  async run(source: Source): Promise<Reply> {
    if (this.#running) return { state: 'error', code: 'badState', message: 'a program is running; stop it first' };
    const ended = new Promise<Reply>((resolve) => {
      this.#running = { source, began: performance.now(), resolve };
    });
    try {
      const worker = await this.#worker;
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#heard(data);
      worker.onerror = (event) => this.#replace(crash(event.message || 'its worker ended'));
      post(worker, { type: 'run', source: JSON.stringify(source) });
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
    return ended;
  }

  async cancel(): Promise<Reply> {
    const running = this.#running;
    if (!running) return { state: 'error', code: 'badState', message: 'nothing is running' };
    const { resolve } = running;
    const ended = new Promise<void>((done) => {
      running.resolve = (reply) => {
        resolve(reply);
        done();
      };
    });
    // A worker in a turn cannot hear; one that sleeps can.
    if (this.#inTurn) this.#replace(stopped());
    else post(await this.#worker, { type: 'stop' });
    const late = setTimeout(() => this.#replace(stopped()), GRACE_MS);
    await ended;
    clearTimeout(late);
    await this.#worker;
    return { state: 'cancelled' };
  }

  async close(): Promise<void> {
    (await this.#worker).terminate();
    (await this.#spare).terminate();
  }

  #heard(message: FromWorker) {
    switch (message.type) {
      case 'turn':
        return this.#watch(message.running);
      case 'batch': {
        const batch: Batch = JSON.parse(message.json);
        this.#received = this.#offset + batch.first + batch.events.length;
        return this.#inbox.take({ first: this.#offset + batch.first, events: batch.events });
      }
      case 'reply': {
        const reply: EdgeReply = JSON.parse(message.json);
        // Memory that a program took from its worker never comes back; the next one starts afresh.
        const spent = reply.state === 'failure' && reply.error.limit === 'memoryBytes';
        return spent ? this.#replace(reply) : this.#end(reply);
      }
      case 'broken':
        return this.#replace(message.json ? JSON.parse(message.json) : crash('it stopped answering'));
      case 'spent':
        return this.#replace(outOfMemory(this.#running?.source.limits?.memoryBytes ?? DEFAULT_MEMORY_BYTES));
      case 'ready':
    }
  }

  #watch(inTurn: boolean) {
    this.#inTurn = inTurn;
    const running = this.#running;
    if (!running) return;
    clearTimeout(running.watchdog);
    const limit = running.source.limits?.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    if (inTurn && limit > 0) running.watchdog = setTimeout(() => this.#replace(overtime(limit)), limit + OVERTIME_MS);
  }

  /** Ends the worker with the program in it; the spare takes its place. */
  #replace(reply: EdgeReply) {
    if (!this.#running) return;
    void this.#worker.then((worker) => {
      worker.onmessage = null;
      worker.onerror = null;
      worker.terminate();
    });
    this.#worker = this.#spare;
    this.#spare = this.#worker.then(start, start);
    this.#inTurn = false;
    this.#offset = this.#received;
    this.#end(reply);
  }

  #end(reply: EdgeReply) {
    const running = this.#running;
    if (!running) return;
    clearTimeout(running.watchdog);
    this.#running = undefined;
    const elapsedMs = performance.now() - running.began;
    const unknown = 'usage' in reply && reply.usage.elapsedMs === 0;
    running.resolve(fromEdge(unknown ? { ...reply, usage: { ...reply.usage, elapsedMs } } : reply));
  }
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

function post(worker: Worker, message: ToWorker) {
  worker.postMessage(message);
}

const NO_USAGE = { elapsedMs: 0, waitMs: 0, peakMemoryBytes: 0, hostCalls: 0, prints: 0 };

type Kind = 'crash' | 'limit' | 'cancelled';

function failure(kind: Kind, excType: string, message: string, limit?: string, max?: number): EdgeReply {
  const error = { kind, excType, message, traceback: [], limit: limit ?? null, max: max ?? null };
  return { state: 'failure', error, usage: NO_USAGE, events: 0 };
}

function stopped(): EdgeReply {
  return failure('cancelled', 'KeyboardInterrupt', 'the run was stopped');
}

function crash(cause: string): EdgeReply {
  return failure('crash', 'SystemError', `the interpreter broke down: ${cause}`);
}

function overtime(limit: number): EdgeReply {
  const message = `the run reached its time limit of ${limit} ms (timeoutMs)`;
  return failure('limit', 'TimeoutError', message, 'timeoutMs', limit);
}

function outOfMemory(limit: number): EdgeReply {
  if (limit === 0) return crash('the memory of its worker is used up');
  const message = `the run reached its memory limit of ${limit} bytes (memoryBytes)`;
  return failure('limit', 'MemoryError', message, 'memoryBytes', limit);
}

export async function openHost(): Promise<Host> {
  return {
    kind: 'browser',
    async openSession(onEvents) {
      await compiled;
      return new WorkerSession(onEvents);
    },
  };
}
