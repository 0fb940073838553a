import type { Host } from '../host/host';
import { sizeOf, toBase64 } from '../text/base64';
import { bytes } from '../text/units';
import { keepOf, type Keep } from './keep';
import type { RunSession } from './session.svelte';
import { contentsOf, EXTENSION, fromFile, toFile, type Contents, type Doing } from './snapshotFile';

/** What is known of a snapshot without its data. */
export type Snapshot = Contents & { readonly id: string; readonly size: number };

export const MOST_SNAPSHOTS = 20;
export const MOST_BYTES = 64 * 1024 * 1024;

/** A snapshot that was not restored, and why. A foreign one can be accepted. */
export type Refused = { id: string; name: string; reason: string; isForeign: boolean };
type Program = { name: string; code: string };
export type Around = {
  host: Pick<Host, 'saveFile'>;
  session: RunSession;
  /** The program that runs, or ran last; null if none did. */
  program: () => Program | null;
  settings: () => string | Promise<string>;
  /** Puts a program on the table, as the one that runs. */
  show: (program: Program) => void;
};

const REASONS: Record<string, string> = {
  notASnapshot: 'This is no snapshot of Monty Playground.',
  truncated: 'It is incomplete: its end is missing. Copy the file again.',
  oversized: 'It is larger than a snapshot can be, or there is more behind its end.',
  newer: 'A newer version of Monty Playground made it. Update to open it.',
  altered: 'It was altered after it was made, so it is not opened.',
  unreadable: 'The interpreter of this version cannot read it.',
};

/** Snapshots of sessions, kept between launches; over a bound the oldest go. */
export class Snapshots {
  /** The newest first. */
  list: readonly Snapshot[] = $state.raw([]);
  busy: 'taking' | 'restoring' | null = $state(null);
  refused: Refused | null = $state.raw(null);
  problem: string | null = $state(null);
  /** What went or was done, for who may not see it. */
  said = $state('');
  /** Whether snapshots outlive the window. */
  lasts = $state(true);
  readonly ready: Promise<void>;

  readonly #around: Around;
  readonly #meta: Keep;
  readonly #data: Keep;
  /** Changes of what is kept, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(around: Around, meta: Keep = keepOf('snapshots'), data: Keep = keepOf('snapshotData')) {
    this.#around = around;
    this.#meta = meta;
    this.#data = data;
    this.ready = this.#inTurn(() => this.#load());
  }

  get size(): number {
    return this.list.reduce((sum, { size }) => sum + size, 0);
  }

  /** Why none can be taken now; null if one can. */
  get offToTake(): string | null {
    const { phase, waits } = this.#around.session;
    if (phase === 'stopping' || (phase === 'running' && waits.length === 0)) return 'A snapshot is taken at rest, or while the program waits.';
    return this.busy ? 'Wait until the last one is done.' : null;
  }

  get offToRestore(): string | null {
    if (this.#around.session.phase !== 'idle') return 'A program is running. Stop it first.';
    return this.busy === 'taking' ? 'A snapshot is being taken.' : null;
  }

  async take(): Promise<void> {
    if (this.offToTake !== null) return;
    this.busy = 'taking';
    const doing = doingOf(this.#around.session);
    const program = this.#around.program();
    await this.#attempt('The snapshot could not be taken', async () => {
      const answer = await this.#around.session.ask((session) => session.snapshot(null));
      if (answer.state === 'refused') throw new Error(answer.message);
      if (answer.state !== 'snapshot') throw new Error(`the session answered ${answer.state}`);
      const contents = { name: program?.name ?? 'Empty session', takenMs: Date.now(), doing, script: program?.name ?? '', code: program?.code ?? '' };
      const name = await this.#add(contents, answer.data);
      this.said = `Snapshot ${name} taken`;
    });
    this.busy = null;
  }

  async restore(id: string, acceptForeign = false): Promise<void> {
    const snapshot = this.list.find((each) => each.id === id);
    if (!snapshot || this.offToRestore !== null) return;
    this.refused = null;
    this.busy = 'restoring';
    await this.#attempt('The snapshot could not be restored', async () => {
      const data = await this.#read(snapshot);
      const { session, settings } = this.#around;
      const refusal = await session.restore(data, acceptForeign, await settings(), () => this.#accepted(snapshot));
      if (!refusal) return;
      const reason = REASONS[refusal.reason ?? ''] ?? `${refusal.message}.`;
      this.refused = { id, name: snapshot.name, reason, isForeign: refusal.reason === 'foreign' };
    });
    if (this.busy === 'restoring') this.busy = null;
  }

  dismiss(): void {
    this.refused = this.problem = null;
  }

  rename(id: string, name: string): void {
    const plain = name.trim();
    const snapshot = this.list.find((each) => each.id === id);
    if (plain === '' || !snapshot) return;
    const renamed = { ...snapshot, name: plain };
    this.list = this.list.map((each) => (each.id === id ? renamed : each));
    void this.#attempt('The name could not be kept', () => this.#meta.put(id, renamed));
  }

  remove(id: string): void {
    if (this.refused?.id === id) this.refused = null;
    this.list = this.list.filter((each) => each.id !== id);
    void this.#attempt('The snapshot could not be deleted', async () => {
      await this.#meta.delete(id);
      await this.#data.delete(id);
    });
  }

  async export(id: string): Promise<void> {
    const snapshot = this.list.find((each) => each.id === id);
    if (!snapshot) return;
    await this.#attempt('The snapshot could not be exported', async () => {
      const text = toFile(snapshot, await this.#read(snapshot));
      await this.#around.host.saveFile(`${snapshot.name}${EXTENSION}`, toBase64(new TextEncoder().encode(text)));
    });
  }

  async import(files: readonly Pick<File, 'name' | 'size' | 'arrayBuffer'>[]): Promise<void> {
    for (const file of files) {
      await this.#attempt(`${file.name} could not be imported`, async () => {
        // Base64 takes a third more.
        if (file.size > MOST_BYTES * 1.4) throw new Error(`it is larger than ${bytes(MOST_BYTES)}`);
        const { contents, data } = fromFile(file.name, new Uint8Array(await file.arrayBuffer()));
        const name = await this.#add(contents, data);
        this.said = `Snapshot ${name} imported`;
      });
    }
  }

  #accepted({ name, script, code }: Snapshot): void {
    this.busy = null;
    this.said = `Snapshot ${name} restored`;
    // The stretches that wait are to be seen in the program that they are of.
    if (script !== '') this.#around.show({ name: script, code });
  }

  /** Keeps a snapshot, and tells the name that it has got. */
  async #add(contents: Contents, data: string): Promise<string> {
    const size = sizeOf(data);
    if (size > MOST_BYTES) throw new Error(`it takes ${bytes(size)}, and all snapshots may take ${bytes(MOST_BYTES)}`);
    return await this.#inTurn(() => this.#put(contents, data, size));
  }

  async #put(contents: Contents, data: string, size: number): Promise<string> {
    const snapshot = { ...contents, name: this.#free(contents.name), id: crypto.randomUUID(), size };
    const list = [snapshot, ...this.list];
    const fits = (count: number) => list.slice(0, count).reduce((sum, each) => sum + each.size, 0) <= MOST_BYTES;
    let count = Math.min(list.length, MOST_SNAPSHOTS);
    while (!fits(count)) count -= 1;
    for (const old of list.slice(count)) {
      await this.#meta.delete(old.id);
      await this.#data.delete(old.id);
    }
    await this.#data.put(snapshot.id, data);
    await this.#meta.put(snapshot.id, snapshot);
    // Meanwhile one may have been renamed or deleted.
    const kept = list.slice(1, count).map(({ id }) => id);
    this.list = [snapshot, ...this.list.filter(({ id }) => kept.includes(id))];
    this.lasts = this.#meta.lasts;
    return snapshot.name;
  }

  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(act);
    this.#turn = turn.then(
      () => undefined,
      () => undefined,
    );
    return await turn;
  }

  async #read({ id }: Snapshot): Promise<string> {
    const data = await this.#data.get(id);
    if (typeof data !== 'string') throw new Error('its data is gone; delete it');
    return data;
  }

  /** A name that no other snapshot has. */
  #free(name: string): string {
    const isTaken = (wanted: string) => this.list.some((each) => each.name === wanted);
    if (!isTaken(name)) return name;
    let number = 2;
    while (isTaken(`${name} ${number}`)) number += 1;
    return `${name} ${number}`;
  }

  async #load(): Promise<void> {
    await this.#attempt('The snapshots of the last visit could not be read', async () => {
      const kept = (await this.#meta.all()).map(sound).filter((snapshot) => snapshot !== null);
      this.list = [...this.list, ...kept].sort((one, other) => other.takenMs - one.takenMs);
      this.lasts = this.#meta.lasts;
      // Data whose snapshot is gone: somebody closed the window between the two.
      const known = this.list.map(({ id }) => id);
      for (const id of await this.#data.keys()) if (!known.includes(id)) await this.#data.delete(id);
    });
  }

  async #attempt(what: string, act: () => Promise<void>): Promise<void> {
    this.problem = null;
    try {
      await act();
    } catch (cause) {
      this.problem = `${what}: ${cause instanceof Error ? cause.message : String(cause)}.`;
    }
  }
}

/** What a session does now, in the words of the list. */
function doingOf({ pending, futures, waits }: RunSession): Doing {
  const waiting = pending ?? waits[0];
  if (waiting) return { call: waiting.functionName, line: waiting.range?.start.line ?? null };
  return futures.length > 0 ? { call: 'futures', line: null } : null;
}

function sound(kept: unknown): Snapshot | null {
  if (typeof kept !== 'object' || kept === null || !('id' in kept) || !('size' in kept)) return null;
  const { id, size } = kept;
  const contents = contentsOf(kept);
  return typeof id === 'string' && typeof size === 'number' && contents ? { ...contents, id, size } : null;
}
