// What a worker has handed out of its session, for the one that may have to take over: the record
// and the session at rest. Large parts are bounded as they are in the worker; the oldest go.

import type { EdgeError, Usage } from './bindings';
import type { LogItem } from './worker-messages';

const LINE_BYTES = 128 * 1024 * 1024;
const VALUE_BYTES = 64 * 1024 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;
type Entry = { seq: number; kind: string; lane?: string };

export class Recall {
  /** Lines of the record, several in a piece, in the order in which they came. */
  #lines = new Bounded<number>(LINE_BYTES);
  #pieces = 0;
  #values = new Bounded<string>(VALUE_BYTES);
  /** The worker bounds them: it says which of them have gone. */
  #dumps = new Map<string, Bytes>();
  /** What was at rest from an entry on. */
  #before = new Bounded<string>(VALUE_BYTES);
  #rest: Bytes | undefined;

  take(items: LogItem[]) {
    for (const { kind, name, bytes } of items) {
      if (kind === 'line') this.#lines.put(this.#pieces++, bytes);
      else if (kind === 'value') this.#values.put(name, bytes);
      else if (kind === 'dump') this.#dumps.set(name, bytes);
      else if (kind === 'gone') this.#dumps.delete(name);
      else if (kind === 'before') this.#before.put(name, bytes);
      else if (kind === 'rest') this.#rest = bytes.length > 0 ? bytes : undefined;
    }
  }

  /** All of it, as the next worker takes it. */
  items(): LogItem[] {
    const items: LogItem[] = [];
    for (const bytes of this.#lines.parts()) items.push({ kind: 'line', name: '', bytes });
    for (const [name, bytes] of this.#values.entries()) items.push({ kind: 'value', name, bytes });
    for (const [name, bytes] of this.#dumps) items.push({ kind: 'dump', name, bytes });
    for (const [name, bytes] of this.#before.entries()) items.push({ kind: 'before', name, bytes });
    if (this.#rest) items.push({ kind: 'rest', name: '', bytes: this.#rest });
    return items;
  }

  clear() {
    this.#lines.clear();
    this.#values.clear();
    this.#dumps.clear();
    this.#before.clear();
    this.#rest = undefined;
  }

  /** The pause at which the record ends. */
  openPause(): number | null {
    for (const { seq, kind, lane } of this.#backwards()) {
      if (kind === 'futures' || (kind === 'call' && lane === 'host')) return seq;
      if (kind === 'run' || kind === 'end') return null;
    }
    return null;
  }

  /** Records how a program ended whose worker could not. */
  ended(error: EdgeError, usage: Usage, atMs: number) {
    let last = -1;
    for (const { kind, seq } of this.#backwards()) {
      last = Math.max(last, seq);
      if (kind === 'end') return;
      if (kind !== 'run') continue;
      const line = JSON.stringify({ seq: last + 1, atMs, kind: 'end', ok: false, error, usage });
      this.#lines.put(this.#pieces++, new TextEncoder().encode(line));
      return;
    }
  }

  *#backwards(): Generator<Entry> {
    for (const bytes of [...this.#lines.parts()].reverse()) {
      for (const line of new TextDecoder().decode(bytes).split('\n').reverse()) {
        const entry = read(line);
        if (entry) yield entry;
      }
    }
  }
}

/** A map that holds so many bytes; over that the oldest go. */
class Bounded<Key> {
  #parts = new Map<Key, Bytes>();
  #bytes = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  put(key: Key, bytes: Bytes) {
    this.#bytes += bytes.length - (this.#parts.get(key)?.length ?? 0);
    this.#parts.set(key, bytes);
    for (const [old, { length }] of this.#parts) {
      if (this.#bytes <= this.#most) return;
      this.#parts.delete(old);
      this.#bytes -= length;
    }
  }

  clear() {
    this.#parts.clear();
    this.#bytes = 0;
  }

  parts(): Iterable<Bytes> {
    return this.#parts.values();
  }

  entries(): Iterable<[Key, Bytes]> {
    return this.#parts.entries();
  }
}

function read(line: string): Entry | undefined {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null || !('seq' in entry) || !('kind' in entry)) return undefined;
  const { seq, kind } = entry;
  if (typeof seq !== 'number' || typeof kind !== 'string') return undefined;
  const lane = 'lane' in entry && typeof entry.lane === 'string' ? { lane: entry.lane } : {};
  return { seq, kind, ...lane };
}
