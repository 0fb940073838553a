import type { Host, Session, Source } from '../host/host';
import { type Ending, endingOf, failure } from './ending';
import { Output } from './output';

type Phase = 'idle' | 'running' | 'stopping';

/** How long a run may stay without reply after the host said that it is cancelled. */
const GRACE_MS = 1000;

/** One interpreter session of the host: what runs in it, prints, and how it ended. */
export class RunSession {
  phase: Phase = $state('idle');
  ending: Ending | null = $state.raw(null);
  startedAt = $state(0);
  readonly output = new Output();

  readonly #host: Host;
  #opening: Promise<Session> | null = null;
  #live: Session | null = null;
  #run = 0;

  constructor(host: Host) {
    this.#host = host;
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
      if (mine === this.#opening) this.output.take(batch.events);
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
