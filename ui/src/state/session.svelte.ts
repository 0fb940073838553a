import type { Answer, Dropped, Event, Host, Range, Session, Source } from '../host/host';
import { type Ending, endingOf, failure } from './ending';
import { StageState } from '../stage/stage.svelte';
import { Asks } from './asks.svelte';
import { Output } from './output';

type Phase = 'idle' | 'running' | 'paused' | 'stopping';

/** A call that somebody has to answer by hand. */
export type Pending = Extract<Answer, { state: 'pending' }>;
/** A call that waits for something outside: a click, time, a file. */
export type Wait = { callId: number; functionName: string; range: Range | null };

/** Why a command was not carried out. */
export type Refusal = Extract<Answer, { state: 'refused' }>;

/** What holds for what runs, as JSON; null where the session knows. */
type Told = string | null | Promise<string>;

const TAKE_AWAY = 'from pathlib import Path\nfor path in paths:\n    Path(path).unlink(missing_ok=True)';

/** How long a run may stay without reply after the host said that it is cancelled. */
const GRACE_MS = 1000;

/** For measurements: when something happened last. */
function mark(what: 'run' | 'painted'): void {
  performance.clearMarks(what);
  performance.mark(what);
}

/** The interpreter session of the window: what runs in it, waits, prints, and how it ended. */
export class RunSession {
  phase: Phase = $state('idle');
  ending: Ending | null = $state.raw(null);
  startedAt = $state(0);
  /** Counts the runs, so that who shows one knows when it is another. */
  runs = $state(0);
  /** What waits for an answer by hand. */
  pending: Pending | null = $state.raw(null);
  /** Calls left open, where nothing goes on without one of them. */
  futures: readonly number[] = $state.raw([]);
  /** Why the last answer was not taken. */
  problem: string | null = $state(null);
  /** What waits for something outside, the oldest first. */
  waits: readonly Wait[] = $state.raw([]);
  /** Where the call is that was told last: nobody hears of those that are answered on the spot. */
  lastCall: Range | null = $state.raw(null);
  /** Whether what runs, or ran last, is of the prompt. */
  fed = $state(false);
  /** Counts the sessions, so that who knows something of one knows when it is another. */
  opened = $state(0);
  readonly output = new Output();
  readonly stage: StageState;
  readonly asks: Asks;

  readonly #host: Host;
  #listeners: readonly ((events: Event[]) => void)[] = [];
  #opening: Promise<Session> | null = null;
  #live: Session | null = null;
  /** What the open session was told holds for its programs. */
  #settings: string | null = null;
  #run = 0;
  #sessions = 0;
  /** Waits for the first word of a restored session. */
  #accepted: (() => void) | null = null;

  constructor(host: Host) {
    this.#host = host;
    this.stage = new StageState({
      onevent: ({ handle, eventType, value }) => {
        const json = value === null ? null : JSON.stringify(value);
        this.#tell((session) => session.domEvent(handle, eventType, json));
      },
      onlost: () => this.#tell((session) => session.redraw()),
      onpainted: () => mark('painted'),
    });
    const pick = host.kind === 'desktop' ? this.#pick : null;
    this.asks = new Asks(
      (callId, json) => this.#tell((session) => session.answer(callId, json, null)),
      (filename, data) => void host.saveFile(filename, data).catch(() => undefined),
      pick,
    );
  }

  /** Hears every event of what runs; returns how to end that. */
  listen(listener: (events: Event[]) => void): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => (this.#listeners = this.#listeners.filter((each) => each !== listener));
  }

  /** Asks the session something aside of what runs. */
  async ask<T>(send: (session: Session) => Promise<T>): Promise<T> {
    return send(await this.#open());
  }

  /** A file dropped on the window answers the program that asks for one; whether one does. */
  giveDropped(dropped: Dropped): boolean {
    const ask = this.asks.list.find(({ event }) => event === 'uploadRequested');
    if (ask) this.#tell(async (session) => session.giveDropped?.(ask.callId, dropped.grant));
    return ask !== undefined;
  }

  /** Opens a session ahead of the first run; a failure shows when something runs. */
  async warm(): Promise<void> {
    await this.#open().catch(() => this.#abandon());
  }

  /** Runs a program, which finds no names of others. Files at `gone` go first. */
  async run(source: Source, settings: Told = null, gone: readonly string[] = []): Promise<void> {
    if (this.phase !== 'idle') return;
    this.runs += 1;
    this.fed = false;
    this.output.clear();
    mark('run');
    await this.#start(async (session) => {
      if (gone.length > 0) await this.#takeAway(session, gone);
      const refused = await this.#configure(session, await settings);
      return refused ?? session.feed({ ...source, fresh: true });
    });
  }

  /** Runs a text of the prompt, with the names that there are. */
  async feed(source: Source, settings: Told = null): Promise<void> {
    if (this.phase !== 'idle') return;
    // The value of another text of the prompt is in the output already.
    if (this.ending && !(this.fed && this.ending.kind === 'value')) this.output.end(this.ending);
    this.fed = true;
    this.output.echo(source.code);
    await this.#start(async (session) => {
      const refused = await this.#configure(session, await settings);
      return refused ?? session.feed(source);
    });
  }

  /**
   * Makes the session the one of a snapshot; says why that is refused, and then it is as it was.
   * A program that waited goes on, so `onaccepted` is told before its end.
   */
  async restore(data: string, acceptForeign: boolean, settings: string, onaccepted: () => void): Promise<Refusal | null> {
    if (this.phase !== 'idle') return { state: 'refused', code: 'badState', message: 'a program is running', reason: null };
    const { ending: before } = this;
    let refusal: Refusal | null = null;
    await this.#start(async (session) => {
      const refused = await this.#configure(session, settings);
      if (refused?.state === 'refused') refusal = refused;
      if (refused) return refused;
      // Only a session that is another one says anything.
      this.#accepted = () => {
        this.#accepted = null;
        this.#settings = null;
        this.runs += 1;
        this.fed = false;
        this.output.clear();
        onaccepted();
      };
      const answer = await session.restore(data, acceptForeign);
      if (answer.state === 'refused') refusal = answer;
      else this.#accepted?.();
      return answer;
    });
    this.#accepted = null;
    if (refusal && this.phase === 'idle') this.ending = before;
    return refusal;
  }

  /** What a person wants to be told anew before the next run. */
  tellAgain(): void {
    this.#settings = null;
  }

  /** Answers the call that waits, with a value in JSON. */
  answer = (json: string): Promise<void> => this.#resume((session) => session.resume(json));
  raise = (excType: string, message: string): Promise<void> =>
    this.#resume((session) => session.resumeWithError({ excType, message }));
  /** There is no such function. */
  reject = (): Promise<void> => this.#resume((session) => session.resumeNotFound());
  /** Leaves the call open; Python holds an awaitable. */
  later = (): Promise<void> => this.#resume((session) => session.resumeAsFuture());
  /** Answers a call that was left open. */
  resolve = (callId: number, json: string): Promise<void> =>
    this.#resume((session) => session.resolveFutures([{ callId, json, error: null }]));
  resolveWithError = (callId: number, excType: string, message: string): Promise<void> =>
    this.#resume((session) => session.resolveFutures([{ callId, json: null, error: { excType, message } }]));

  async stop(): Promise<void> {
    if (this.phase !== 'running' && this.phase !== 'paused') return;
    const run = this.#run;
    const session = this.#live;
    if (!session) return this.#finish(run, { kind: 'stopped', usage: null });
    const paused = this.phase === 'paused';
    this.phase = 'stopping';
    try {
      await session.cancel();
      if (paused) return this.#finish(run, { kind: 'stopped', usage: null });
      await this.#ended(run);
      if (!this.#isCurrent(run)) return;
      this.#abandon();
      this.#finish(run, { kind: 'stopped', usage: null });
    } catch (cause) {
      this.#fail(run, cause);
    }
  }

  /** Forgets all that ran: names, stage, output. */
  async reset(): Promise<void> {
    await this.stop();
    this.#abandon();
    this.runs += 1;
    this.fed = false;
    this.ending = null;
    this.output.clear();
    this.stage.clear();
    await this.warm();
  }

  async close(): Promise<void> {
    this.#run += 1;
    this.#abandon();
  }

  clear(): void {
    this.output.clear();
    if (this.phase === 'idle') this.ending = null;
  }

  async #start(send: (session: Session) => Promise<Answer>): Promise<void> {
    const run = ++this.#run;
    this.ending = this.lastCall = null;
    this.startedAt = performance.now();
    this.phase = 'running';
    try {
      const session = await this.#open();
      if (!this.#isCurrent(run)) return;
      this.#live = session;
      this.#heard(run, await send(session));
    } catch (cause) {
      this.#fail(run, cause);
    }
  }

  /** Tells the session what holds, unless it knows; gives what it has against that. */
  async #configure(session: Session, settings: string | null): Promise<Answer | null> {
    const isNew = settings !== null && settings !== this.#settings;
    const answer: Answer | null = isNew ? await session.configure(settings) : null;
    if (answer?.state === 'refused') return answer;
    if (answer?.state === 'configured') this.#settings = settings;
    // Who stops now stops what has not begun.
    return this.phase === 'stopping' ? { state: 'cancelled' } : null;
  }

  /**
   * Takes files out of the session's memory, whatever its programs may do and how often, and never out
   * of a folder of the machine: it is told of that again afterwards.
   */
  async #takeAway(session: Session, paths: readonly string[]): Promise<void> {
    this.#settings = null;
    await session.configure('{"permissions":{},"rateLimits":{},"mounts":[]}');
    await session.feed({ code: TAKE_AWAY, inputs: [{ name: 'paths', json: JSON.stringify(paths) }], extensions: [], cell: '<files>' });
  }

  async #resume(send: (session: Session) => Promise<Answer>): Promise<void> {
    const session = this.#live;
    if (this.phase !== 'paused' || !session) return;
    const { pending, futures } = this;
    const run = this.#run;
    this.phase = 'running';
    this.pending = this.problem = null;
    this.futures = [];
    try {
      const answer = await send(session);
      if (!this.#isCurrent(run)) return;
      if (answer.state === 'refused') {
        [this.pending, this.futures, this.problem] = [pending, futures, answer.message];
        this.phase = 'paused';
      } else this.#heard(run, answer);
    } catch (cause) {
      this.#fail(run, cause);
    }
  }

  #heard(run: number, answer: Answer): void {
    if (!this.#isCurrent(run)) return;
    this.pending = answer.state === 'pending' ? answer : null;
    this.futures = answer.state === 'resolveFutures' ? answer.callIds : [];
    if (this.pending) this.lastCall = this.pending.range;
    if (this.pending || this.futures.length > 0) this.phase = 'paused';
    else this.#finish(run, answer.state === 'idle' ? null : endingOf(answer));
  }

  #pick = (callId: number, accept: string | null): void => {
    this.#tell(async (session) => session.pickFile?.(callId, accept));
  };

  /** Sends what a person has done. What comes too late is of no account. */
  #tell(send: (session: Session) => Promise<unknown>): void {
    this.#opening?.then(send).catch(() => undefined);
  }

  #take(events: Event[]): void {
    this.#accepted?.();
    this.output.take(events);
    for (const event of events) {
      if (event.event === 'stage') this.stage.take(event.patches);
      else this.#takeAsk(event);
    }
    this.#takeWaits(events);
    for (const listener of this.#listeners) listener(events);
  }

  #takeWaits(events: Event[]): void {
    let { waits, lastCall } = this;
    for (const event of events) {
      if (event.event === 'waiting') {
        waits = [...waits.filter(({ callId }) => callId !== event.callId), event];
        lastCall = event.range;
      } else if (event.event === 'waited') waits = waits.filter(({ callId }) => callId !== event.callId);
    }
    this.waits = waits;
    this.lastCall = lastCall;
  }

  /** What a child asks reaches a person as what its parent asks. */
  #takeAsk(event: Event, child?: number): void {
    switch (event.event) {
      case 'child':
        return this.#takeAsk(event.told, event.handle);
      case 'uploadRequested':
      case 'dialogRequested':
      case 'permissionRequested':
        return this.asks.take({ ...event, child });
      case 'downloadRequested':
      case 'waited':
        return this.asks.take(event);
    }
  }

  #open(): Promise<Session> {
    if (this.#opening) return this.#opening;
    let mine: Promise<Session> | null = null;
    const opening = this.#host.openSession((batch) => {
      // What a session says after it was given up belongs to no run.
      if (mine === this.#opening) this.#take(batch.events);
    });
    mine = this.#opening = opening;
    // Not `+=`: an effect that warms the session must not depend on it.
    this.opened = ++this.#sessions;
    this.#settings = null;
    return opening;
  }

  #abandon(): void {
    const opening = this.#opening;
    this.#opening = this.#live = null;
    opening?.then((session) => session.close()).catch(() => undefined);
  }

  #isCurrent(run: number): boolean {
    return run === this.#run && this.phase !== 'idle';
  }

  #finish(run: number, ending: Ending | null): void {
    if (!this.#isCurrent(run)) return;
    this.#live = null;
    this.asks.clear();
    if (this.fed && ending?.kind === 'value' && ending.repr !== 'None') this.output.result(ending.repr);
    this.pending = this.problem = null;
    this.futures = this.waits = [];
    this.lastCall = null;
    this.ending = ending;
    this.phase = 'idle';
  }

  #fail(run: number, cause: unknown): void {
    if (!this.#isCurrent(run)) return;
    this.#abandon();
    this.#finish(run, failure(cause));
  }

  async #ended(run: number): Promise<void> {
    const until = performance.now() + GRACE_MS;
    while (this.#isCurrent(run) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
