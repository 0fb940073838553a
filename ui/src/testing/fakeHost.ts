import type { Answer, Batch, Diagnostic, Event, Frame, Host, Reply, RunError, Session, Source, Stream, Usage } from '../host/host';

export const USAGE: Usage = { elapsedMs: 12.4, waitMs: 300, peakMemoryBytes: 3_145_728, hostCalls: 0, prints: 2 };

export function value(repr: string): Reply {
  return { state: 'complete', ok: true, repr, usage: USAGE };
}

export function frame(line: number, column: number, endColumn: number, more: Partial<Frame> = {}): Frame {
  return { filename: 'main.py', line, column, endLine: line, endColumn, frameName: '<module>', sourceLine: 'source', ...more };
}

export function exception(excType: string, message: string, traceback: Frame[]): Reply {
  const error: RunError = { kind: 'exception', excType, message, traceback, limit: null, max: null };
  return { state: 'complete', ok: false, error, usage: USAGE };
}

export function cancelled(): Reply {
  const message = 'the run was stopped';
  const error: RunError = { kind: 'cancelled', excType: 'KeyboardInterrupt', message, traceback: [], limit: null, max: null };
  return { state: 'complete', ok: false, error, usage: USAGE };
}

export function diagnostics(found: Diagnostic[]): Answer {
  return { state: 'diagnostics', diagnostics: found };
}

/** What no test of the interface asks for yet. */
const unasked = () => Promise.reject(new Error('no test asks for this'));
const UNASKED = {
  run: unasked,
  start: unasked,
  feed: unasked,
  resume: unasked,
  resumeWithError: unasked,
  resumeNotFound: unasked,
  resumeAsFuture: unasked,
  resumeWithScript: unasked,
  resolveFutures: unasked,
  snapshot: unasked,
  restore: unasked,
  variables: unasked,
  diagnose: unasked,
  continuation: unasked,
  record: unasked,
  recordValue: unasked,
  setRecording: unasked,
  fork: unasked,
  replay: unasked,
  cancel: unasked,
  dispatch: unasked,
  domEvent: unasked,
  redraw: unasked,
  answer: unasked,
  pickFile: null,
  giveDropped: null,
  configure: unasked,
  describe: unasked,
};

/** A host in memory: tests decide what each run prints and how it ends. */
export class FakeHost implements Host {
  readonly kind = 'browser';
  sources: Source[] = [];
  opened = 0;
  closed = 0;
  cancels = 0;
  /** What was to be diagnosed, in order. */
  diagnosed: string[] = [];
  /** Settled before a session opens; tests replace it. */
  gate: Promise<void> = Promise.resolve();
  /** What cancel does besides being counted. */
  oncancel: () => Promise<Reply> = async () => {
    this.end(cancelled());
    return { state: 'cancelled' };
  };
  ondiagnose: (code: string) => Promise<Answer> = async () => diagnostics([]);
  #print: (events: Event[]) => void = () => undefined;
  #resolve: (reply: Reply) => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;

  async openSession(onEvents: (batch: Batch) => void): Promise<Session> {
    this.opened += 1;
    await this.gate;
    let first = 0;
    return {
      ...UNASKED,
      run: (source) => {
        this.sources.push(source);
        this.#print = (events) => onEvents({ first: first++, events });
        return new Promise<Reply>((resolve, reject) => {
          this.#resolve = resolve;
          this.#reject = reject;
        });
      },
      diagnose: (code) => {
        this.diagnosed.push(code);
        return this.ondiagnose(code);
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

  saveFile = async () => undefined;
  watchDrops = () => undefined;
  pastRecords = async () => [];
  pastRecord = unasked;
  deletePastRecords = unasked;

  print(text: string, stream: Stream = 'stdout'): void {
    this.#print([{ event: 'print', stream, text }]);
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
