import { isBase64, sizeOf, toBase64 } from '../text/base64';
import { bytes } from '../text/units';
import { keepOf, type Keep } from './keep';
import { nameOf, pathOf, pathProblem } from './paths';

/** A file that programs find. `data` is base64. */
export type GivenFile = { readonly path: string; readonly data: string; readonly size: number };
/** A file of the machine that can be read. */
export type Picked = Pick<File, 'name' | 'size' | 'arrayBuffer'>;

type Terms = { keep: Keep; most: number; places: () => readonly string[] };

const MOST_BYTES = 8 * 1024 * 1024;

/** The files in memory that every program finds; kept between launches. */
export class Files {
  /** In the order of their paths. */
  list: readonly GivenFile[] = $state.raw([]);
  /** Why something was not done, or cannot be kept. */
  problem: string | null = $state(null);
  /** When the files of former launches are there. */
  readonly ready: Promise<void>;

  /** What all of them may take together. */
  readonly most: number;
  readonly #keep: Keep;
  /** Where programs see folders of the machine. */
  readonly #places: () => readonly string[];
  /** Paths that the session may still have files at. */
  #gone: readonly string[] = [];
  #said: { list: readonly GivenFile[]; json: string } | null = null;

  constructor({ keep = keepOf('files'), most = MOST_BYTES, places = () => [] }: Partial<Terms> = {}) {
    this.most = most;
    this.#keep = keep;
    this.#places = places;
    this.ready = this.#load();
  }

  get size(): number {
    return this.list.reduce((sum, file) => sum + file.size, 0);
  }

  find(path: string): GivenFile | null {
    return this.list.find((file) => file.path === path) ?? null;
  }

  /** Takes files of the machine to the top folder; one that is there already is replaced. Returns the last path. */
  async add(picked: readonly Picked[]): Promise<string | null> {
    let last: string | null = null;
    const refused: string[] = [];
    for (const file of picked) {
      const path = pathOf(file.name.replaceAll('\\', '/'));
      const problem = this.#room(path, file.size, nameOf(path)) ?? this.#pathProblem(path, this.#others(path));
      if (problem) refused.push(problem);
      else {
        try {
          this.#put(path, new Uint8Array(await file.arrayBuffer()));
          last = path;
        } catch {
          refused.push(`${file.name} could not be read.`);
        }
      }
    }
    if (refused.length > 0) this.problem = refused.join(' ');
    return last;
  }

  /** A new, empty text file; returns its path. */
  create(): string {
    let number = 1;
    while (this.#pathProblem(`/file-${number}.txt`, this.#paths()) !== null) number += 1;
    this.#put(`/file-${number}.txt`, new Uint8Array());
    return `/file-${number}.txt`;
  }

  /** Puts a text or bytes into a file; false where it does not fit. */
  write(path: string, content: string | Uint8Array): boolean {
    const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.problem = this.#room(path, data.length, nameOf(path)) ?? this.#pathProblem(path, this.#others(path));
    if (this.problem !== null) return false;
    this.#put(path, data);
    return true;
  }

  /** Why a file cannot get another path; null once it has. */
  rename(path: string, wanted: string): string | null {
    const file = this.find(path);
    const next = pathOf(wanted);
    if (!file || next === path) return null;
    const problem = this.#pathProblem(next, this.#others(path));
    if (problem !== null) return problem;
    this.remove(path);
    this.#set({ ...file, path: next });
    return null;
  }

  /** Takes a file away; returns it, so that it can be put back. */
  remove(path: string): GivenFile | null {
    const file = this.find(path);
    if (!file) return null;
    this.list = this.list.filter((each) => each !== file);
    this.#gone = [...this.#gone, path];
    this.problem = null;
    void this.#kept(this.#keep.delete(path));
    return file;
  }

  restore(file: GivenFile): void {
    if (this.#pathProblem(file.path, this.#paths()) === null) this.#set(file);
  }

  /** Settings with the files in them, as JSON. */
  addTo(settings: string): string {
    if (this.#said?.list !== this.list) {
      const json = JSON.stringify(Object.fromEntries(this.list.map(({ path, data }) => [path, data])));
      this.#said = { list: this.list, json };
    }
    return this.list.length === 0 ? settings : `${settings.slice(0, -1)},"files":${this.#said.json}}`;
  }

  /** Paths at which a session may have files that are no longer given; each is told once. */
  takeGone(): readonly string[] {
    const gone = this.#gone.filter((path) => !this.find(path));
    this.#gone = [];
    return gone;
  }

  #paths(): string[] {
    return this.list.map(({ path }) => path);
  }

  #others(path: string): string[] {
    return this.#paths().filter((other) => other !== path);
  }

  #pathProblem(path: string, others: readonly string[]): string | null {
    const place = this.#places().find((place) => `${path}/`.startsWith(`${place}/`) || place.startsWith(`${path}/`));
    return place === undefined ? pathProblem(path, others) : `Programs see a folder of this machine at ${place}: choose another name, or unmount it.`;
  }

  #room(path: string, size: number, name: string): string | null {
    const left = this.most - this.size + (this.find(path)?.size ?? 0);
    return size <= left ? null : `${name} (${bytes(size)}) does not fit: ${bytes(left)} of ${bytes(this.most)} are left.`;
  }

  #put(path: string, data: Uint8Array): void {
    this.problem = null;
    this.#set({ path, data: toBase64(data), size: data.length });
  }

  #set(file: GivenFile): void {
    this.list = inOrder([...this.list.filter(({ path }) => path !== file.path), file]);
    void this.#kept(this.#keep.put(file.path, file));
  }

  async #load(): Promise<void> {
    try {
      const kept = (await this.#keep.all()).map(sound).filter((file) => file !== null);
      const added = this.#paths();
      this.list = inOrder([...kept.filter(({ path }) => !added.includes(path)), ...this.list]);
    } catch (cause) {
      this.problem = `The files of the last visit could not be read: ${words(cause)}.`;
    }
  }

  async #kept(keeping: Promise<void>): Promise<void> {
    try {
      await keeping;
    } catch (cause) {
      this.problem = `The files last as long as this window, because they could not be kept: ${words(cause)}.`;
    }
  }
}

function inOrder(files: GivenFile[]): GivenFile[] {
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** What was kept by another version may be anything. */
function sound(kept: unknown): GivenFile | null {
  if (typeof kept !== 'object' || kept === null || !('path' in kept) || !('data' in kept)) return null;
  const { path, data } = kept;
  if (typeof path !== 'string' || typeof data !== 'string' || pathProblem(path, []) !== null) return null;
  return isBase64(data) ? { path, data, size: sizeOf(data) } : null;
}

function words(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
