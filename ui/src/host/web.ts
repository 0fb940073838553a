// A plain browser: the engine in a Web Worker. A program that does not end is ended with its worker,
// and the next worker recalls the session from what the page was handed.

import type { EdgeError, EdgeReply, EdgeResolution, EdgeSource } from './bindings';
import { fromEdge, refused } from './edge';
import type { Answer, Batch, Fork, Host, Reply, Session } from './host';
import { snapshotKey } from './key';
import { download } from '../state/download';
import { NotJson, say, sayFutures, sayResume, sayScript, saySettings, sayValue } from './messages';
import { Recall } from './recall';
import { toBase64 } from '../text/base64';
import type { EdgeNamed, EdgeRaised, Limits, Opened, OpenedProgram } from './types';
import type { FromWorker, ToWorker } from './worker-messages';
import { storedSettings, store } from './storage';
import { compiled, end, post, takeWorker } from './workers';

/** How far past its time limit a turn may go before its worker is ended. */
const OVERTIME_MS = 1000;
const DEFAULT_TURN_MS = 10_000;
const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;
/** How long a program that sleeps may take to end once it was asked to. */
const GRACE_MS = 30;
/** How long what runs no program may take, and what may have to run one again. */
const ASIDE_MS = 5000;
const REPEAT_MS = 60_000;

interface Terms {
  /** For what runs no program of the session: how long it may take. */
  aside?: number;
  /** The limits of the session's program from here on; null: only its snapshot knows them. */
  limits?: Limits | null;
}

/** A command on its way. */
interface Asked {
  terms: Terms;
  began: number;
  resolve: (answer: Answer) => void;
  reject: (cause: Error) => void;
  watchdog?: ReturnType<typeof setTimeout> | undefined;
}

class WorkerSession implements Session {
  readonly #onEvents: (batch: Batch) => void;
  readonly #opened = performance.now();
  readonly #recall = new Recall();
  #worker: Promise<Worker>;
  /** Settled when no command is on its way. */
  #last: Promise<unknown> = Promise.resolve();
  #asked: Asked | undefined;
  #limits: Limits | null = null;
  #inTurn = false;
  /** Whether a program waits for something outside. */
  #waits = false;
  /** Commands that went past the one on its way, by number. */
  #heardBeside = new Map<number, (answer: Answer) => void>();
  #seq = 0;
  /** Commands that wait for their turn, or for a program to wait. */
  #queued: { message: string; resolve: (answer: Promise<Answer>) => void }[] = [];
  /** What the session was told holds for its programs, the oldest first. */
  #settings: string[] = [];
  #paused = false;
  /** The pause that was lost with a worker. */
  #lostPause: number | null = null;
  #recalling = false;
  #recording = true;
  #closed = false;
  /** Events of the workers before this one. */
  #offset = 0;
  #received = 0;

  constructor(onEvents: (batch: Batch) => void) {
    this.#onEvents = onEvents;
    this.#worker = this.#takeOver();
    // Whoever asks first is told.
    this.#worker.catch(() => undefined);
  }

  run = async (source: EdgeSource) => fromEdge(await this.#begin('run', source));
  start = (source: EdgeSource) => this.#begin('start', source);
  feed = (source: EdgeSource) => this.#begin('feed', source);

  resume = (json: string) => this.#goOn(() => sayResume(json));
  resumeWithError = ({ excType, message }: EdgeRaised) => this.#goOn(() => say('resumeWithError', { excType, message }));
  resumeNotFound = () => this.#goOn(() => say('resumeNotFound'));
  resumeAsFuture = () => this.#goOn(() => say('resumeAsFuture'));
  resumeWithScript = (code: string, inputs: EdgeNamed[], scriptName: string | null) =>
    this.#goOn(() => sayScript(code, inputs, scriptName));

  async resolveFutures(answers: EdgeResolution[]): Promise<Answer> {
    const odd = answers.some(({ json, error }) => (json === null) === (error === null));
    if (odd) return refused('badMessage', 'a call is answered by a value or by an error');
    return this.#goOn(() => sayFutures(answers));
  }

  snapshot = (at: number | null) => this.#aside(say('snapshot', { at }), at === null ? ASIDE_MS : REPEAT_MS);
  restore = (data: string, acceptForeign: boolean) =>
    this.#ask({ type: 'send', message: say('restore', { data, acceptForeign }) }, { aside: ASIDE_MS, limits: null });
  variables = (at: number | null, open: Opened[], from: number) =>
    this.#aside(say('variables', { at, open, from }), at === null ? ASIDE_MS : REPEAT_MS);
  diagnose = (code: string) => this.#aside(say('diagnose', { code }));
  continuation = (code: string) => this.#aside(say('continuation', { code }));
  record = (from: number, limit: number | null, whole: boolean) => this.#aside(say('record', { from, limit, whole }));
  recordValue = (id: string) => this.#aside(say('record', { value: id }));
  replay = () => this.#aside(say('replay'), REPEAT_MS);

  dispatch = (json: string) => this.#reach(() => sayValue('dispatch', json));
  domEvent = (handle: number, eventType: string, json: string | null) =>
    this.#reach(() => (json === null ? say('domEvent', { handle, eventType }) : sayValue('domEvent', json, { handle, eventType })));
  answer = (callId: number, json: string | null, error: EdgeRaised | null) =>
    this.#reach(() => {
      if (json !== null) return sayValue('answer', json, { callId });
      return say('answer', { callId, message: error?.message ?? '', excType: error?.excType ?? null });
    });
  async configure(settings: string): Promise<Answer> {
    const answer = await this.#goOn(() => saySettings(settings), { aside: ASIDE_MS });
    // A worker that takes over has to be told again.
    if (answer.state === 'configured') this.#settings = [...this.#settings.filter((earlier) => !covers(settings, earlier)), settings];
    return answer;
  }
  describe = (extensions: string[] | null) => this.#aside(say('describe', { extensions }));
  redraw = () => this.#reach(() => say('redraw'));
  /** A picker of a browser needs a click on the page, and what is dropped is the page's. */
  readonly pickFile = null;
  readonly giveDropped = null;

  async setRecording(on: boolean): Promise<Answer> {
    const answer = await this.#aside(say('record', { recording: on, limit: 0 }));
    if (answer.state === 'record') this.#recording = on;
    return answer;
  }

  async fork(at: number, onEvents: (batch: Batch) => void): Promise<Fork> {
    const snapshot = await this.snapshot(at);
    if (snapshot.state !== 'snapshot') return { session: null, answer: snapshot };
    const session = new WorkerSession(onEvents);
    const answer = await session.restore(snapshot.data, false);
    if (answer.state !== 'refused') return { session, answer };
    await session.close();
    return { session: null, answer };
  }

  async cancel(): Promise<Reply> {
    const asked = this.#asked;
    if (!asked) return fromEdge(await this.#aside(say('cancel')));
    const ended = new Promise<void>((done) => {
      const { resolve } = asked;
      asked.resolve = (answer) => {
        resolve(answer);
        done();
      };
    });
    // A worker in a turn cannot hear; one that sleeps can.
    if (this.#inTurn || asked.terms.aside !== undefined) this.#lose(killed());
    else post(await this.#worker, { type: 'stop' });
    const late = setTimeout(() => this.#lose(killed()), GRACE_MS);
    await ended;
    clearTimeout(late);
    await this.#worker;
    return { state: 'cancelled' };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#asked?.watchdog);
    this.#asked?.reject(new Error('the session was closed before it answered'));
    this.#asked = undefined;
    await this.#worker.then(end, () => undefined);
  }

  #begin(how: 'run' | 'start' | 'feed', source: EdgeSource): Promise<Answer> {
    const limits = source.limits ?? {};
    return this.#ask({ type: 'begin', how, source: JSON.stringify(source) }, { limits });
  }

  async #goOn(word: () => string, terms: Terms = {}): Promise<Answer> {
    try {
      return await this.#ask({ type: 'send', message: word() }, terms);
    } catch (cause) {
      if (cause instanceof NotJson) return refused(cause.code, cause.message);
      throw cause;
    }
  }

  /** Sends what reaches a program on its way. */
  async #reach(word: () => string): Promise<Answer> {
    try {
      return await this.#beside(word());
    } catch (cause) {
      if (cause instanceof NotJson) return refused(cause.code, cause.message);
      throw cause;
    }
  }

  /** Sends a command past the one that is on its way. */
  async #beside(message: string): Promise<Answer> {
    if (this.#closed) throw new Error('the session is not open');
    const worker = await this.#worker;
    const seq = ++this.#seq;
    const answer = new Promise<Answer>((resolve) => this.#heardBeside.set(seq, resolve));
    post(worker, { type: 'aside', seq, message });
    return answer;
  }

  #aside(message: string, aside = ASIDE_MS): Promise<Answer> {
    // A program that waits for something outside may wait for long.
    if (this.#waits && this.#asked?.terms.aside === undefined) return this.#beside(message);
    return new Promise((resolve) => {
      const queued = { message, resolve };
      this.#queued.push(queued);
      const inTurn = async () => {
        // It went past a program that has come to wait.
        if (!this.#queued.includes(queued)) return;
        this.#queued = this.#queued.filter((each) => each !== queued);
        const answer = this.#carryOut({ type: 'send', message }, { aside });
        resolve(answer);
        await answer.catch(() => undefined);
      };
      this.#last = this.#last.then(inTurn);
    });
  }

  /** Sends a command when those before it are answered. */
  #ask(message: ToWorker, terms: Terms): Promise<Answer> {
    const answer = this.#last.then(() => this.#carryOut(message, terms));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #carryOut(message: ToWorker, terms: Terms): Promise<Answer> {
    const answer = await this.#exchange(message, terms);
    const at = this.#lostPause;
    this.#lostPause = null;
    if (at !== null) await this.#goBack(at);
    return answer;
  }

  /** Goes back to the pause that a command which ran nothing has cost. */
  async #goBack(at: number) {
    const snapshot = await this.#exchange({ type: 'send', message: say('snapshot', { at }) }, { aside: REPEAT_MS });
    if (snapshot.state !== 'snapshot') return;
    const message = say('restore', { data: snapshot.data });
    await this.#exchange({ type: 'send', message }, { aside: ASIDE_MS });
  }

  async #exchange(message: ToWorker, terms: Terms): Promise<Answer> {
    if (this.#closed) throw new Error('the session is not open');
    const answered = new Promise<Answer>((resolve, reject) => {
      this.#asked = { terms, began: performance.now(), resolve, reject };
    });
    try {
      post(await this.#worker, message);
    } catch (cause) {
      this.#asked = undefined;
      throw cause;
    }
    this.#watch(true);
    return answered;
  }

  #takeOver(): Promise<Worker> {
    return Promise.all([takeWorker(), snapshotKey()]).then(([worker, key]) => {
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#heard(data);
      worker.onerror = (event) => this.#lose(crash(event.message || 'its worker ended'));
      post(worker, { type: 'open', key, ageMs: this.#age() });
      for (const settings of [storedSettings(), ...this.#settings]) {
        if (settings !== null) post(worker, { type: 'aside', seq: 0, message: saySettings(settings) });
      }
      const log = this.#recall.items();
      this.#recalling = log.length > 0 || !this.#recording;
      if (this.#recalling) post(worker, { type: 'recall', log, recording: this.#recording });
      // The page may show what the worker before this one has told.
      if (this.#received > 0) post(worker, { type: 'aside', seq: 0, message: say('redraw') });
      return worker;
    });
  }

  #heard(message: FromWorker) {
    switch (message.type) {
      case 'turn':
        this.#inTurn = message.running;
        this.#waits = message.waits;
        if (message.waits) for (const { message: word, resolve } of this.#queued.splice(0)) resolve(this.#beside(word));
        if (message.running) this.#know(this.#asked?.terms);
        // A restored program that waits is on its way again; the answer comes when it ends.
        if (message.waits && this.#asked?.terms.limits === null) this.#setOff(this.#asked);
        return this.#watch(message.running);
      case 'batch': {
        const batch: Batch = JSON.parse(message.json);
        this.#received = this.#offset + batch.first + batch.events.length;
        for (const event of batch.events) if (event.event === 'stored') store(event.key, event.json);
        return this.#onEvents({ first: this.#offset + batch.first, events: batch.events });
      }
      case 'heard': {
        const { answer }: EdgeReply = JSON.parse(message.json);
        this.#heardBeside.get(message.seq)?.(answer);
        this.#heardBeside.delete(message.seq);
        return;
      }
      case 'log':
        return this.#recall.take(message.items);
      case 'reply': {
        const { answer }: EdgeReply = JSON.parse(message.json);
        // Memory that a program took from its worker never comes back; the next one starts afresh.
        if (answer.state === 'failure' && answer.error.limit === 'memoryBytes') this.#replace();
        return this.#end(answer);
      }
      case 'recalled':
        this.#recalling = false;
        return;
      case 'broken': {
        const reply: EdgeReply | undefined = message.json ? JSON.parse(message.json) : undefined;
        // What could not be recalled once cannot be recalled again.
        if (this.#recalling) this.#recall.clear();
        if (!this.#asked) return this.#replace();
        return this.#lose(reply ? reply.answer : crash('it stopped answering'));
      }
      case 'spent': {
        const { memoryBytes } = this.#asked?.terms.limits ?? this.#limits ?? {};
        return this.#lose(outOfMemory(memoryBytes ?? DEFAULT_MEMORY_BYTES));
      }
      case 'ready':
      case 'warm':
    }
  }

  #setOff(asked: Asked) {
    asked.terms = { limits: null };
    this.#know(asked.terms);
    clearTimeout(asked.watchdog);
  }

  #know(terms: Terms | undefined) {
    if (terms?.limits !== undefined) this.#limits = terms.limits;
  }

  /** Ends a worker that takes too long for what it does now. */
  #watch(busy: boolean) {
    const asked = this.#asked;
    if (!asked) return;
    clearTimeout(asked.watchdog);
    const { aside, limits = this.#limits } = asked.terms;
    if (aside !== undefined) {
      asked.watchdog = setTimeout(() => this.#lose(refused('unsupported', tooSlow(aside))), aside);
      return;
    }
    const limit = busy && limits ? turnLimit(limits) : null;
    if (limit) asked.watchdog = setTimeout(() => this.#lose(overtime(limit)), limit.max + OVERTIME_MS);
  }

  /** Ends the worker with what it does, which is answered here. */
  #lose(answer: Answer) {
    const asked = this.#asked;
    if (!asked) return;
    if (asked.terms.aside !== undefined) {
      if (this.#paused) this.#lostPause = this.#recall.openPause();
      this.#paused = false;
      this.#replace();
      const failed = answer.state === 'failure';
      return this.#end(failed ? refused('unsupported', `that cannot be done here: ${answer.error.message}`) : answer);
    }
    const told = withTime(answer, asked.began);
    if (told.state === 'failure') this.#recall.ended(told.error, told.usage, this.#age());
    this.#replace();
    this.#end(told);
  }

  #replace() {
    void this.#worker.then(end, () => undefined);
    this.#inTurn = this.#waits = false;
    const late = refused('badState', 'the program has ended before it could take this in');
    for (const resolve of this.#heardBeside.values()) resolve(late);
    this.#heardBeside.clear();
    this.#offset = this.#received;
    this.#worker = this.#takeOver();
    this.#worker.catch(() => undefined);
  }

  #end(answer: Answer) {
    const asked = this.#asked;
    if (!asked) return;
    clearTimeout(asked.watchdog);
    this.#asked = undefined;
    if (asked.terms.aside !== undefined && answer.state !== 'refused') this.#know(asked.terms);
    if (answer.state === 'pending' || answer.state === 'resolveFutures') this.#paused = true;
    else if (ENDS.has(answer.state)) this.#paused = false;
    this.#waits = false;
    asked.resolve(withTime(answer, asked.began));
  }

  #age(): number {
    return performance.now() - this.#opened;
  }
}

/** Whether settings say something of all that earlier ones said something of. Files add to those there are. */
function covers(settings: string, earlier: string): boolean {
  const [said, before]: Record<string, object>[] = [JSON.parse(settings), JSON.parse(earlier)];
  const within = (some: object = {}, all: object = {}) => Object.keys(some).every((name) => name in all);
  return within(before, said) && within(before?.files, said?.files);
}

const ENDS: ReadonlySet<string> = new Set(['value', 'failure', 'cancelled', 'idle']);
const NO_USAGE = { elapsedMs: 0, waitMs: 0, peakMemoryBytes: 0, hostCalls: 0, prints: 0 };

/** Who ends a program from outside knows only how long it took. */
function withTime(answer: Answer, began: number): Answer {
  if (!('usage' in answer) || answer.usage.elapsedMs !== 0) return answer;
  return { ...answer, usage: { ...answer.usage, elapsedMs: performance.now() - began } };
}

type Limit = { name: string; max: number };

/** The shorter of the limits for the time between two pauses. */
function turnLimit({ timeoutMs, turnTimeoutMs }: Limits): Limit | null {
  const limits = [
    { name: 'timeoutMs', max: timeoutMs ?? 0 },
    { name: 'turnTimeoutMs', max: turnTimeoutMs ?? DEFAULT_TURN_MS },
  ];
  return limits.filter(({ max }) => max > 0).sort((a, b) => a.max - b.max)[0] ?? null;
}

function failure(kind: EdgeError['kind'], excType: string, message: string, limit?: Limit): Answer {
  const error = { kind, excType, message, traceback: [], limit: limit?.name ?? null, max: limit?.max ?? null };
  return { state: 'failure', error, usage: NO_USAGE };
}

function killed(): Answer {
  return failure('cancelled', 'KeyboardInterrupt', 'the run was stopped; it does not listen while it computes, so its worker was ended');
}

function crash(cause: string): Answer {
  return failure('crash', 'SystemError', `the interpreter broke down: ${cause}`);
}

function overtime(limit: Limit): Answer {
  const message = `the run reached its time limit of ${limit.max} ms (${limit.name})`;
  return failure('limit', 'TimeoutError', message, limit);
}

function tooSlow(aside: number): string {
  return `it took too long and was ended after ${aside / 1000} s`;
}

function outOfMemory(max: number): Answer {
  if (max === 0) return crash('the memory of its worker is used up');
  const message = `the run reached its memory limit of ${max} bytes (memoryBytes)`;
  return failure('limit', 'MemoryError', message, { name: 'memoryBytes', max });
}

const WORKSPACE = 'monty-playground.workspace';

/** A picker opens where somebody has just clicked. */
function pickProgram(): Promise<OpenedProgram | null> {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.py,text/x-python,text/plain';
  return new Promise((resolve, reject) => {
    input.oncancel = () => resolve(null);
    input.onchange = () => {
      const file = input.files?.[0];
      if (!file) return resolve(null);
      readProgram(file).then(resolve, reject);
    };
    input.click();
  });
}

async function readProgram(file: File): Promise<OpenedProgram> {
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    return { grant: null, name: file.name, code: text.decode(await file.arrayBuffer()) };
  } catch {
    throw new Error(`${file.name} is not UTF-8 text`);
  }
}

export function openHost(): Host {
  return {
    kind: 'browser',
    async openSession(onEvents) {
      await compiled;
      return new WorkerSession(onEvents);
    },
    // A record lasts as long as its page.
    openProgram: pickProgram,
    readProgram: (dropped) =>
      typeof dropped === 'number' ? Promise.reject(new Error('a browser gives dropped files to the page itself')) : readProgram(dropped),
    async saveProgram(_grant, name, code) {
      download(name, toBase64(new TextEncoder().encode(code)));
      return { grant: null, name };
    },
    loadWorkspace: async () => localStorage.getItem(WORKSPACE),
    saveWorkspace: async (json) => localStorage.setItem(WORKSPACE, json),
    saveFile: async (filename, data) => download(filename, data),
    // The page hears of them itself.
    watchFiles: () => undefined,
    readData: () => Promise.reject(new Error('a browser gives files to the page itself')),
    recent: null,
    folders: null,
    pastRecords: async () => [],
    pastRecord: () => Promise.reject(new Error('a browser keeps no records')),
    deletePastRecords: async () => undefined,
  };
}
