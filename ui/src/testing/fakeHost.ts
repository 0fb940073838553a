import type { Batch, Frame, Host, Reply, RunError, Session, Source, Stream, Usage } from '../host/host';

export const USAGE: Usage = { elapsedMs: 12.4, waitMs: 300, peakMemoryBytes: 3_145_728, hostCalls: 0, prints: 2 };

export function value(repr: string): Reply {
  return { state: 'complete', ok: true, value: null, repr, usage: USAGE };
}

export function frame(line: number, column: number, endColumn: number, more: Partial<Frame> = {}): Frame {
  return { filename: 'main.py', line, column, endLine: line, endColumn, frameName: '<module>', sourceLine: 'source', ...more };
}

export function exception(excType: string, message: string, traceback: Frame[]): Reply {
  return { state: 'complete', ok: false, error: { kind: 'exception', excType, message, traceback }, usage: USAGE };
}

export function cancelled(): Reply {
  const error: RunError = { kind: 'cancelled', excType: 'KeyboardInterrupt', message: 'the run was stopped', traceback: [] };
  return { state: 'complete', ok: false, error, usage: USAGE };
}

/** A host in memory: tests decide what each run prints and how it ends. */
export class FakeHost implements Host {
  readonly kind = 'browser';
  sources: Source[] = [];
  opened = 0;
  closed = 0;
  cancels = 0;
  /** Settled before a session opens; tests replace it. */
  gate: Promise<void> = Promise.resolve();
  /** What cancel does besides being counted. */
  oncancel: () => Promise<Reply> = async () => {
    this.end(cancelled());
    return { state: 'cancelled' };
  };
  #first = 0;
  #onEvents: (batch: Batch) => void = () => undefined;
  #resolve: (reply: Reply) => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;

  async openSession(onEvents: (batch: Batch) => void): Promise<Session> {
    this.opened += 1;
    await this.gate;
    this.#onEvents = onEvents;
    this.#first = 0;
    return {
      run: (source) => {
        this.sources.push(source);
        return new Promise<Reply>((resolve, reject) => {
          this.#resolve = resolve;
          this.#reject = reject;
        });
      },
      cancel: () => {
        this.cancels += 1;
        return this.oncancel();
      },
      close: async () => {
        this.closed += 1;
      },
    };
  }

  print(text: string, stream: Stream = 'stdout'): void {
    this.#onEvents({ first: this.#first++, events: [{ event: 'print', stream, text }] });
  }

  end(reply: Reply): void {
    this.#resolve(reply);
  }

  fail(message: string): void {
    this.#reject(new Error(message));
  }
}

/** A Storage of which only two methods are used. */
export class FakeStorage {
  items = new Map<string, string>();
  writes = 0;

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, item: string): void {
    this.writes += 1;
    this.items.set(key, item);
  }
}

/** Lets everything that waits for a promise go on. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}
