import type { Dropped, Event, Host, Session, Source } from '../host/host';
import { type Ending, endingOf, failure } from './ending';
import { StageState } from '../stage/stage.svelte';
import { Asks } from './asks.svelte';
import { Output } from './output';

type Phase = 'idle' | 'running' | 'stopping';

/** How long a run may stay without reply after the host said that it is cancelled. */
const GRACE_MS = 1000;

/** For measurements: when something happened last. */
function mark(what: 'run' | 'painted'): void {
  performance.clearMarks(what);
  performance.mark(what);
}

/** One interpreter session of the host: what runs in it, prints, and how it ended. */
export class RunSession {
  phase: Phase = $state('idle');
  ending: Ending | null = $state.raw(null);
  startedAt = $state(0);
  readonly output = new Output();
  readonly stage: StageState;
  readonly asks: Asks;

  readonly #host: Host;
  #opening: Promise<Session> | null = null;
  #live: Session | null = null;
  #run = 0;

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
    host.watchDrops((dropped) => this.#dropped(dropped));
  }

  #pick = (callId: number, accept: string | null): void => {
    this.#tell(async (session) => session.pickFile?.(callId, accept));
  };

  /** A file dropped on the window answers the program that asks for one. */
  #dropped(dropped: Dropped[]): void {
    const ask = this.asks.list.find(({ event }) => event === 'uploadRequested');
    const [first] = dropped;
    if (ask && first) this.#tell(async (session) => session.giveDropped?.(ask.callId, first.grant));
  }

  /** Sends what a person has done. What comes too late is of no account. */
  #tell(send: (session: Session) => Promise<unknown>): void {
    this.#opening?.then(send).catch(() => undefined);
  }

  #take(events: Event[]): void {
    this.output.take(events);
    for (const event of events) {
      if (event.event === 'stage') this.stage.take(event.patches);
      else this.#takeAsk(event);
    }
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

  /** Opens the session ahead of the first run; a failure shows when something runs. */
  async warm(): Promise<void> {
    await this.#open().catch(() => this.#abandon());
  }

  async run(source: Source): Promise<void> {
    if (this.phase !== 'idle') return;
    const run = ++this.#run;
    this.output.clear();
    this.ending = null;
    this.startedAt = performance.now();
    this.phase = 'running';
    mark('run');
    try {
      const session = await this.#open();
      if (!this.#isCurrent(run)) return;
      this.#live = session;
      this.#finish(run, endingOf(await session.run(source)));
    } catch (cause) {
      this.#fail(run, cause);
    }
  }

  async stop(): Promise<void> {
    if (this.phase !== 'running') return;
    const run = this.#run;
    const session = this.#live;
    if (!session) return this.#finish(run, { kind: 'stopped', usage: null });
    this.phase = 'stopping';
    try {
      await session.cancel();
      await this.#ended(run);
      if (!this.#isCurrent(run)) return;
      this.#abandon();
      this.#finish(run, { kind: 'stopped', usage: null });
    } catch (cause) {
      this.#fail(run, cause);
    }
  }

  async close(): Promise<void> {
    this.#run += 1;
    this.#abandon();
  }

  clear(): void {
    this.output.clear();
    if (this.phase === 'idle') this.ending = null;
  }

  #open(): Promise<Session> {
    if (this.#opening) return this.#opening;
    let mine: Promise<Session> | null = null;
    const opening = this.#host.openSession((batch) => {
      // What a session says after it was given up belongs to no run.
      if (mine === this.#opening) this.#take(batch.events);
    });
    mine = this.#opening = opening;
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

  #finish(run: number, ending: Ending): void {
    if (!this.#isCurrent(run)) return;
    this.#live = null;
    this.asks.clear();
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
