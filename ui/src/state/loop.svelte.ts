import type { EdgeValue, Event } from '../host/host';
import type { RunSession } from './session.svelte';

/** A value that a program has told. `child` names the child of the sandbox that did. */
export type Emitted = { readonly atMs: number; readonly repr: string; readonly length: number; readonly child?: string };
/** What became of a dispatched value. */
export type Dispatched = { ok: true; queued: number } | { ok: false; message: string };
/** How it stands with the extension, as its event says it. */
export type Reading = { queued: number; waiting: number; lastEmitted: string | null };
/** `elsewhere`: the program waits, but not for an event. */
export type LoopPhase = 'idle' | 'running' | 'waiting' | 'elsewhere' | 'paused';

export const MAX_EMITTED = 10_000;
/** Of a value that is longer the beginning is kept, and its length. */
export const MAX_REPR = 2000;
const MAX_HISTORY = 12;
/** A longer text is not taken apart: what was emitted last is in its own event. */
const MAX_PARSED = 64 * 1024;
const EMPTY: Reading = { queued: 0, waiting: 0, lastEmitted: null };

type Session = Pick<RunSession, 'listen' | 'ask' | 'phase' | 'waits' | 'runs' | 'opened' | 'startedAt'>;

/** The events that go to a program, and the values that come from it. */
export class EventLoop {
  /** What is being written, kept while the panel is not seen. */
  text = $state('{"type": "click"}');
  /** Values that were dispatched, the newest first. */
  history: readonly string[] = $state.raw([]);
  told: Dispatched | null = $state.raw(null);
  /** How many values are on their way. */
  sending = $state(0);
  /** Count what went through, so that who shows it sees that something did. */
  dispatches = $state(0);
  emissions = $state(0);

  readonly #session: Session;
  #reading: Reading = $state.raw(EMPTY);
  /** The run and the session that the list and the reading are of. */
  #run = $state(0);
  #of = $state(0);
  #began = 0;
  #emitted: Emitted[] = [];
  #dropped = 0;
  #heard = 0;

  constructor(session: Session) {
    this.#session = session;
    session.listen((events) => this.#take(events));
  }

  get phase(): LoopPhase {
    const { phase, waits } = this.#session;
    if (phase === 'idle' || phase === 'paused') return phase;
    if (waits.some(({ functionName }) => functionName === 'el_recv')) return 'waiting';
    return waits.length > 0 ? 'elsewhere' : 'running';
  }

  /** The call that the program waits at. */
  get waitsAt(): string | null {
    return this.#session.waits[0]?.functionName ?? null;
  }

  get reading(): Reading {
    const reading = this.#of === this.#session.opened ? this.#reading : EMPTY;
    // Who waited when a program was stopped waits no longer.
    return this.#session.phase === 'idle' ? { ...reading, waiting: 0 } : reading;
  }

  /** How many values the list has, and how many went before them. */
  get kept(): { count: number; dropped: number } {
    void this.emissions;
    if (this.#run !== this.#session.runs) return { count: 0, dropped: 0 };
    return { count: this.#emitted.length, dropped: this.#dropped };
  }

  slice(from: number, to: number): readonly Emitted[] {
    return this.#emitted.slice(Math.max(0, from), Math.max(0, to));
  }

  clear(): void {
    this.#emitted = [];
    this.#dropped = 0;
    this.emissions += 1;
  }

  /** Sends a value in JSON; it waits in the queue where no program asks for it. */
  async dispatch(json: string): Promise<void> {
    const heard = this.#heard;
    this.sending += 1;
    try {
      const answer = await this.#session.ask((session) => session.dispatch(json));
      if (answer.state !== 'dispatched') {
        this.told = { ok: false, message: answer.state === 'refused' ? answer.message : `The session answered ${answer.state}.` };
        return;
      }
      this.told = { ok: true, queued: answer.queued };
      this.dispatches += 1;
      this.history = [json, ...this.history.filter((each) => each !== json)].slice(0, MAX_HISTORY);
      // At rest nobody tells how long the queue is now; of a program that runs a later word may be here.
      if (heard === this.#heard) this.#read({ ...this.reading, queued: answer.queued });
    } catch (cause) {
      this.told = { ok: false, message: cause instanceof Error ? cause.message : String(cause) };
    } finally {
      this.sending -= 1;
    }
  }

  #take(events: readonly Event[]): void {
    let emitted = 0;
    let state: EdgeValue | null = null;
    for (const event of events) {
      if (event.event === 'state' && event.extension === 'el') state = event.value;
      else emitted += this.#keep(event);
    }
    if (emitted > 0) this.emissions += emitted;
    const reading = state && readingOf(state.json);
    if (!reading) return;
    this.#heard += 1;
    this.#read(reading);
  }

  #read(reading: Reading): void {
    this.#of = this.#session.opened;
    this.#reading = reading;
  }

  /** Keeps what an event tells; how many values that is. */
  #keep(event: Event, child?: string): number {
    if (event.event === 'child') return this.#keep(event.told, child === undefined ? `${event.handle}` : `${child}.${event.handle}`);
    if (event.event !== 'emit') return 0;
    this.#begin();
    const { repr } = event.value;
    this.#emitted.push({ atMs: performance.now() - this.#began, repr: repr.slice(0, MAX_REPR), length: repr.length, child });
    // Not one by one: moving the rest down costs as much as there is.
    if (this.#emitted.length >= MAX_EMITTED + 1000) {
      this.#dropped += this.#emitted.length - MAX_EMITTED;
      this.#emitted = this.#emitted.slice(-MAX_EMITTED);
    }
    return 1;
  }

  /** The first value of another run ends the list of the one before. */
  #begin(): void {
    if (this.#run === this.#session.runs && this.#began !== 0) return;
    this.#run = this.#session.runs;
    this.#began = this.#session.startedAt;
    this.#emitted = [];
    this.#dropped = 0;
  }
}

/** What the extension says of itself; null where that is something else. */
export function readingOf(json: string): Reading | null {
  if (json.length > MAX_PARSED) {
    const [, queued, waiting] = /^\{"queued":(\d+),"waiting":(\d+),/.exec(json.slice(0, 100)) ?? [];
    return queued === undefined || waiting === undefined ? null : { queued: Number(queued), waiting: Number(waiting), lastEmitted: null };
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('queued' in value) || !('waiting' in value)) return null;
  const { queued, waiting } = value;
  if (typeof queued !== 'number' || typeof waiting !== 'number') return null;
  const last = 'lastEmitted' in value ? value.lastEmitted : null;
  return { queued, waiting, lastEmitted: last === null ? null : JSON.stringify(last).slice(0, MAX_REPR) };
}
