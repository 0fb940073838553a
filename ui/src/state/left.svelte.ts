import type { Answer, Event, Host, Session } from '../host/host';
import { sizeOf } from '../text/base64';
import type { GivenFile } from './files.svelte';
import type { RunSession } from './session.svelte';

/** A file in the memory of the session that programs made or changed. */
export type WrittenFile = { path: string; size: number; isGiven: boolean };
/** `json` is the beginning of the value, `length` how long all of it is. */
export type StoredValue = { key: string; json: string; length: number };
export type Offered = { id: number; name: string; data: string; size: number };

const MOST_LISTED = 5000;
const LONGEST_VALUE = 2000;
/** A session whose last run held more is copied only when somebody asks. */
const HEAVY_BYTES = 64 * 1024 * 1024;
const MOST_READ = 8 * 1024 * 1024;
const MOST_OFFERED = 16 * 1024 * 1024;

const LIST_FILES = `from pathlib import Path
found = []
for path in Path('/').rglob('*'):
    if path.is_file():
        text = str(path)
        size = path.stat().st_size
        found.append([text, size, path.read_bytes() if given.get(text) == size else None])
        if len(found) == most:
            break
found`;
const LIST_STORED = `import json
stored = []
for key in storage_list():
    text = json.dumps(storage_get(key))
    stored.append([key, text[:longest], len(text)])
stored`;
const READ_FILE = 'from pathlib import Path\nPath(path).read_bytes()';

type Phase = 'none' | 'reading' | 'read' | 'failed';

/** What programs left behind: files in memory, stored values, files they offered. Read from a copy of the session at rest. */
export class Left {
  phase: Phase = $state('none');
  written: readonly WrittenFile[] = $state.raw([]);
  /** Whether there are more files than are listed. */
  isCut = $state(false);
  stored: readonly StoredValue[] = $state.raw([]);
  offered: readonly Offered[] = $state.raw([]);
  /** How many offered files were let go, the oldest first. */
  forgotten = $state(0);
  problem: string | null = $state(null);

  readonly #host: Pick<Host, 'openSession'>;
  readonly #session: RunSession;
  readonly #given: () => readonly GivenFile[];
  #copy: Promise<Session> | null = null;
  #looks = 0;
  #offers = 0;

  constructor(host: Pick<Host, 'openSession'>, session: RunSession, given: () => readonly GivenFile[]) {
    this.#host = host;
    this.#session = session;
    this.#given = given;
    session.listen((events) => events.forEach((event) => this.#take(event)));
  }

  get isHeavy(): boolean {
    const { ending } = this.#session;
    return (ending && 'usage' in ending && ending.usage ? ending.usage.peakMemoryBytes : 0) > HEAVY_BYTES;
  }

  /** Reads what there is, while nothing runs. */
  async look(): Promise<void> {
    this.drop();
    const look = this.#looks;
    const isOver = () => look !== this.#looks;
    this.phase = 'reading';
    try {
      const copy = await (this.#copy = this.#open());
      const stored = await copy.feed({ code: LIST_STORED, inputs: [{ name: 'longest', json: `${LONGEST_VALUE}` }], extensions: ['storage'] });
      const given = Object.fromEntries(this.#given().map(({ path, size }) => [path, size]));
      const inputs = [
        { name: 'given', json: JSON.stringify(given) },
        { name: 'most', json: `${MOST_LISTED}` },
      ];
      const files = await copy.feed({ code: LIST_FILES, inputs });
      if (isOver()) return;
      this.#show(valueOf(stored), valueOf(files));
      this.phase = 'read';
      this.problem = null;
    } catch (cause) {
      if (isOver()) return;
      this.drop();
      this.phase = 'failed';
      this.problem = cause instanceof Error ? cause.message : String(cause);
    }
  }

  /** The bytes of a written file, in base64. */
  async read(path: string, size: number): Promise<string> {
    if (size > MOST_READ) throw new Error('it is too large to be read here');
    if (!this.#copy) throw new Error('the program has gone on');
    const copy = await this.#copy;
    const value = valueOf(await copy.feed({ code: READ_FILE, inputs: [{ name: 'path', json: JSON.stringify(path) }] }));
    const data = bytesOf(value);
    if (data === null) throw new Error('the interpreter did not give its bytes');
    return data;
  }

  /** Lets the copy go: something runs, or nobody looks. What was read stays in sight. */
  drop(): void {
    this.#looks += 1;
    if (this.phase === 'reading') this.phase = 'none';
    const copy = this.#copy;
    this.#copy = null;
    copy?.then((session) => session.close()).catch(() => undefined);
  }

  async #open(): Promise<Session> {
    const session = await this.#host.openSession(() => undefined);
    // On a desktop what is recorded would be kept as a session of the past.
    await session.setRecording(false);
    const snapshot = await this.#session.ask((own) => own.snapshot(null));
    if (snapshot.state !== 'snapshot') throw new Error(snapshot.state === 'refused' ? snapshot.message : `the session answered ${snapshot.state}`);
    const restored = await session.restore(snapshot.data, false);
    if (restored.state === 'refused') throw new Error(restored.message);
    return session;
  }

  #show(stored: unknown, files: unknown): void {
    const all = this.#given();
    const found = Array.isArray(files) ? files : [];
    const written: WrittenFile[] = [];
    for (const row of found) {
      const [path, size, same]: unknown[] = Array.isArray(row) ? row : [];
      if (typeof path !== 'string' || typeof size !== 'number') continue;
      const given = all.find((file) => file.path === path);
      if (given === undefined || bytesOf(same) !== given.data) written.push({ path, size, isGiven: given !== undefined });
    }
    this.written = written;
    this.isCut = found.length >= MOST_LISTED;
    this.stored = (Array.isArray(stored) ? stored : []).map(storedOf).filter((value) => value !== null);
  }

  #take(event: Event): void {
    if (event.event === 'child') this.#take(event.told);
    else if (event.event === 'downloadRequested') this.#offer(event.filename, event.data);
    else if (event.event === 'stored') {
      const { key, json } = event;
      const others = this.stored.filter((value) => value.key !== key);
      const value = json === null ? [] : [{ key, json: json.slice(0, LONGEST_VALUE), length: json.length }];
      this.stored = [...others, ...value];
    }
  }

  #offer(name: string, data: string): void {
    const offered = { id: ++this.#offers, name, data, size: sizeOf(data) };
    let list = [...this.offered, offered];
    const sum = () => list.reduce((total, { size }) => total + size, 0);
    while (list.length > 1 && sum() > MOST_OFFERED) {
      list = list.slice(1);
      this.forgotten += 1;
    }
    this.offered = list;
  }
}

function valueOf(answer: Answer): unknown {
  if (answer.state === 'value') return JSON.parse(answer.value.json);
  if (answer.state === 'failure') throw new Error(`${answer.error.excType}: ${answer.error.message}`);
  throw new Error(answer.state === 'refused' ? answer.message : `the session answered ${answer.state}`);
}

function bytesOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('$bytes' in value)) return null;
  return typeof value.$bytes === 'string' ? value.$bytes : null;
}

function storedOf(row: unknown): StoredValue | null {
  const [key, json, length]: unknown[] = Array.isArray(row) ? row : [];
  return typeof key === 'string' && typeof json === 'string' && typeof length === 'number' ? { key, json, length } : null;
}
