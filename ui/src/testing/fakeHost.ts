import type { Answer, Batch, Diagnostic, Event, Frame, Host, Reply, RunError, Session, Stream, Usage } from '../host/host';
import type { EdgeSource } from '../host/types';

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

function answerOf(reply: Reply): Answer {
  if (reply.state === 'cancelled') return { state: 'cancelled' };
  if (reply.state === 'error') return { state: 'refused', code: reply.code, message: reply.message, reason: null };
  if (!reply.ok) return { state: 'failure', error: reply.error, usage: reply.usage };
  return { state: 'value', value: { json: 'null', repr: reply.repr }, usage: reply.usage };
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
  sources: EdgeSource[] = [];
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
  /** What sessions were told holds for their programs. */
  settings: string[] = [];
  onconfigure: (settings: string) => Answer | Promise<Answer> = () => ({ state: 'configured' });
  /** How calls that waited were answered. */
  answers: string[] = [];
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;

  async openSession(onEvents: (batch: Batch) => void): Promise<Session> {
    this.opened += 1;
    await this.gate;
    let first = 0;
    return {
      ...UNASKED,
      configure: async (settings) => {
        this.settings.push(settings);
        return this.onconfigure(settings);
      },
      feed: (source) => {
        this.sources.push(source);
        this.#print = (events) => onEvents({ first: first++, events });
        return this.#next();
      },
      resume: (json) => {
        this.answers.push(json);
        return this.#next();
      },
      resumeWithError: ({ excType, message }) => {
        this.answers.push(`${excType}: ${message}`);
        return this.#next();
      },
      resumeNotFound: () => {
        this.answers.push('not found');
        return this.#next();
      },
      resumeAsFuture: () => {
        this.answers.push('later');
        return this.#next();
      },
      resolveFutures: (answers) => {
        this.answers.push(JSON.stringify(answers));
        return this.#next();
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

  #next(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** What was kept of the workspace, in order. */
  kept: string[] = [];

  saveFile = async () => undefined;
  openProgram = async () => null;
  readProgram: Host['readProgram'] = unasked;
  saveProgram = async (grant: number | null, name: string) => ({ grant, name });
  loadWorkspace = async () => null;
  saveWorkspace = async (json: string) => void this.kept.push(json);
  watchFiles = () => undefined;
  readData: (grant: number) => Promise<string> = unasked;
  recent: Host['recent'] = null;
  folders: Host['folders'] = null;
  pastRecords = async () => [];
  pastRecord = unasked;
  deletePastRecords = unasked;

  print(text: string, stream: Stream = 'stdout'): void {
    this.#print([{ event: 'print', stream, text }]);
  }

  end(reply: Reply): void {
    this.#resolve(answerOf(reply));
  }

  /** The program stops at a call that somebody has to answer. */
  pause(answer: Answer): void {
    this.#resolve(answer);
  }

  tell(events: Event[]): void {
    this.#print(events);
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
