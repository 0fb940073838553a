import { untrack } from 'svelte';
import type { Answer, EdgeValue, Event, Session } from '../host/host';
import { startOf } from './axis';
import { type Entry, type Page, readPage } from './entries';
import { ALL, type Filter } from './filter';
import { OpenCalls } from './openCalls';
import { Rows } from './rows';
import type { RunSession } from './session.svelte';

/** A page is read in a few milliseconds: an answer or a run waits for one at most. */
const PAGE = 1000;
/** Entries that wait for their answer are read with the next page if they are not older than this. */
const NEAR = 200;
/** How many older ones are read again at a time. */
const OLD = 16;
/** Kept here; the engine keeps a quarter of a million. */
const MOST = 500_000;
/** A program that says it waits does so a moment later. */
const SETTLE_MS = 60;
const AGAIN_MS = 400;
/** A question that is not answered by then stands behind a program that goes on. */
const STUCK_MS = 1000;
const MOST_STUCK = 4;
const LIVE_MS = 150;

/** A program of the session; `from` is its first row. */
export type RunStart = { seq: number; from: number; name: string };
/** What a program has told since its record could be read last. */
export type Live = { prints: number; others: number };

/**
 * The record of the session, read in pages while somebody looks. It can be read where nothing runs,
 * at a pause and while the program waits; asked at other times it would queue behind the program.
 */
export class SessionRecord {
  readonly rows = new Rows();
  /** Counts what was read; rows are plain data, too many for reactive state. */
  version = $state(0);
  /** Counts what was read of rows that were there. */
  changes = 0;
  runs: readonly RunStart[] = $state.raw([]);
  /** The run that is shown, by the number of its entry; null for the last one. */
  run: number | null = $state(null);
  /** The entry that is selected, by number. */
  selected: number | null = $state(null);
  filter: Filter = $state.raw(ALL);
  recording = $state(true);
  /** How far reading has got, where there is much to read. */
  progress: { read: number; of: number } | null = $state.raw(null);
  live: Live = $state.raw({ prints: 0, others: 0 });
  problem: string | null = $state(null);
  /** Whether a program has begun of which nothing was read yet. */
  begun = $state(false);

  readonly #session: RunSession;
  #watchers = $state(0);
  #of: Session | null = null;
  /** Which program it is that runs. */
  #startedAt = 0;
  #next = 0;
  readonly #open = new OpenCalls();
  /** When the newest entry was read. */
  #readAt = 0;
  #turn = 0;
  #reading = false;
  #since = 0;
  #stuck = 0;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #liveTimer: ReturnType<typeof setTimeout> | undefined;
  #told = { prints: 0, others: 0 };

  constructor(session: RunSession) {
    this.#session = session;
  }

  /** Whether the session can answer questions about its record now. */
  get readable(): boolean {
    const { phase, waits } = this.#session;
    return phase === 'idle' || phase === 'paused' || (phase === 'running' && waits.length > 0);
  }

  /** The rows of the run that is shown. */
  get stretch(): { from: number; to: number } {
    void this.version;
    if (this.run === null && this.begun) return { from: this.rows.count, to: this.rows.count };
    const last = this.runs.length - 1;
    const chosen = this.run === null ? last : this.runs.findIndex(({ seq }) => seq === this.run);
    const from = this.runs[chosen]?.from ?? 0;
    return { from: chosen <= 0 ? 0 : from, to: this.runs[chosen + 1]?.from ?? this.rows.count };
  }

  get selectedRow(): number | null {
    void this.version;
    const row = this.selected === null ? -1 : this.selected - this.rows.base;
    return row >= 0 && row < this.rows.count ? row : null;
  }

  /** What the clock of the session shows now, as far as what was read tells. */
  get now(): number {
    const last = this.rows.count - 1;
    if (last < 0) return 0;
    const { phase, startedAt } = this.#session;
    const sinceRead = this.rows.at(last) + performance.now() - this.#readAt;
    const run = this.runs.at(-1);
    if (phase === 'idle' || this.begun || !run) return sinceRead;
    // Somebody may look long after the program has begun to wait.
    return Math.max(sinceRead, startOf(this.rows, run.from, this.rows.count) + performance.now() - startedAt);
  }

  /** Reads what comes for as long as the component that calls this is there. */
  follow(): void {
    $effect(() => {
      untrack(() => (this.#watchers += 1));
      const stop = this.#session.listen((events) => this.#hear(events));
      return () => {
        stop();
        untrack(() => (this.#watchers -= 1));
        clearTimeout(this.#timer);
        this.#timer = undefined;
      };
    });
    $effect(() => {
      const { phase, pending, futures, runs, waits, startedAt } = this.#session;
      void [pending, futures, runs, waits];
      untrack(() => {
        if (phase !== 'idle' && startedAt !== this.#startedAt) this.#begin(startedAt);
        this.look();
      });
    });
  }

  /** Reads what is new as soon as that can be done. */
  look(): void {
    if (this.#watchers === 0 || !this.readable) return;
    const { phase } = this.#session;
    if (phase === 'running') return this.#later(SETTLE_MS);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#read();
  }

  /** All that was recorded of an entry; null where that cannot be asked now. */
  async entry(seq: number): Promise<Entry | null> {
    if (!this.readable) return null;
    const { entries } = pageOf(await this.#session.ask((session) => session.record(seq, 1, false)));
    return entries.find((entry) => entry.seq === seq) ?? null;
  }

  /** A value that is out of line; null where it cannot be asked for now, or is no longer kept. */
  async value(id: string): Promise<EdgeValue | null> {
    if (!this.readable) return null;
    const answer = await this.#session.ask((session) => session.recordValue(id));
    return answer.state === 'recordValue' ? answer.value : null;
  }

  async setRecording(on: boolean): Promise<void> {
    if (!this.readable) return;
    try {
      const answer = await this.#session.ask((session) => session.setRecording(on));
      this.recording = pageOf(answer).recording;
      this.look();
    } catch (cause) {
      this.problem = wordsOf(cause);
    }
  }

  #begin(startedAt: number): void {
    this.#startedAt = startedAt;
    this.begun = true;
    this.run = this.selected = null;
    this.#told = { prints: 0, others: 0 };
    this.live = this.#told;
  }

  #later(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#watchers === 0 || !this.readable) return;
      void this.#read();
      // Other tasks of a program that waits go on, and need not tell.
      if (this.#session.phase === 'running') this.#later(AGAIN_MS);
    }, ms);
  }

  #hear(events: readonly Event[]): void {
    for (const event of events) {
      if (event.event === 'print') this.#told.prints += 1;
      else if (event.event !== 'stage' && event.event !== 'state') this.#told.others += 1;
    }
    if (this.#liveTimer !== undefined) return;
    this.#liveTimer = setTimeout(() => {
      this.#liveTimer = undefined;
      this.live = { ...this.#told };
    }, LIVE_MS);
  }

  async #read(): Promise<void> {
    if (this.#reading && performance.now() - this.#since < STUCK_MS) return void (this.#again = true);
    if (this.#stuck >= MOST_STUCK) return;
    const turn = ++this.#turn;
    this.#reading = true;
    this.#again = false;
    try {
      await this.#readAll(() => turn === this.#turn && this.readable && this.#watchers > 0);
      this.problem = null;
    } catch (cause) {
      if (turn === this.#turn) this.problem = wordsOf(cause);
    } finally {
      if (turn === this.#turn) {
        this.#reading = false;
        this.progress = null;
        if (this.#again) this.look();
      } else if (!this.#reading) this.look();
    }
  }

  async #readAll(goesOn: () => boolean): Promise<void> {
    for (let isRead = false; !isRead && goesOn(); ) {
      const from = this.#open.oldestFrom(this.#next - NEAR, this.#next);
      const page = await this.#page(from, PAGE + NEAR);
      if (!goesOn()) return;
      isRead = this.#take(page);
    }
    const old = this.#open.before(this.#next - NEAR).slice(0, OLD);
    for (const seq of old) {
      if (!goesOn()) return;
      const { entries } = await this.#page(seq, 1);
      for (const entry of entries) this.#change(entry);
    }
    if (old.length > 0) this.version += 1;
    // What an ended program left open stays so.
    if (this.#session.phase === 'idle') this.#open.clear();
  }

  async #page(from: number, limit: number): Promise<Page> {
    this.#since = performance.now();
    this.#stuck += 1;
    try {
      const answer = await this.#session.ask((session) => {
        const isOther = session !== this.#of;
        if (isOther) this.#startOver(session);
        return session.record(isOther ? 0 : from, limit, false);
      });
      return pageOf(answer);
    } finally {
      this.#stuck -= 1;
    }
  }

  /** Takes in a page; whether it was the last one. */
  #take({ entries, first, next, end, recording }: Page): boolean {
    this.recording = recording;
    const fresh = entries.filter(({ seq }) => seq >= this.#next);
    const isGap = this.rows.count > 0 && fresh[0] !== undefined && fresh[0].seq > this.#next;
    if (end < this.#next || isGap || this.rows.count > MOST) {
      this.#startOver(this.#of);
      this.#next = first;
      return false;
    }
    for (const entry of entries) if (entry.seq < this.#next) this.#change(entry);
    const starts: RunStart[] = [];
    for (const entry of fresh) {
      this.#open.take(entry);
      if (entry.what.kind === 'run') starts.push(this.#start(entry, fresh));
    }
    this.rows.add(fresh);
    if (fresh.length > 0) this.#readAt = performance.now();
    if (starts.length > 0) {
      this.runs = [...this.runs, ...starts];
      this.begun = false;
    }
    this.#next = Math.max(next, this.#next);
    const isRead = this.#next >= end;
    if (isRead && this.#session.phase === 'idle') this.begun = false;
    const base = this.rows.base;
    this.progress = isRead ? null : { read: this.#next - base, of: end - base };
    if (isRead) {
      this.#told = { prints: 0, others: 0 };
      this.live = this.#told;
    }
    this.version += 1;
    return isRead;
  }

  #start({ seq, what }: Entry, fresh: readonly Entry[]): RunStart {
    const base = this.rows.count > 0 ? this.rows.base : (fresh[0]?.seq ?? 0);
    // Settings that are told right before a run are its own.
    const before = fresh.find((entry) => entry.seq === seq - 1);
    const from = seq - base - (before?.what.kind === 'settings' ? 1 : 0);
    return { seq, from, name: what.kind === 'run' ? (what.cell ?? '') : '' };
  }

  #change(entry: Entry): void {
    this.rows.change(entry);
    this.changes += 1;
    this.#open.take(entry);
  }

  #startOver(session: Session | null): void {
    this.#of = session;
    this.rows.clear();
    this.#open.clear();
    this.#next = 0;
    this.runs = [];
    this.run = this.selected = null;
    this.changes += 1;
    this.version += 1;
  }
}

function pageOf(answer: Answer): Page {
  if (answer.state === 'record') return readPage(answer.page);
  throw new Error(answer.state === 'refused' ? answer.message : 'the session gave no record');
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
