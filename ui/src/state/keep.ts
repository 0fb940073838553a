// What a page keeps by key in IndexedDB. Where there is none, as in some private windows, memory serves as long as the page.

const NAME = 'monty-playground-kept';
export const STORES = ['files', 'snapshots', 'snapshotData'] as const;
export type Store = (typeof STORES)[number];

export interface Keep {
  /** Whether what is put here outlives the page; known after the first use. */
  readonly lasts: boolean;
  keys(): Promise<string[]>;
  all(): Promise<unknown[]>;
  get(key: string): Promise<unknown>;
  put(key: string, item: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

export class MemoryKeep implements Keep {
  readonly lasts = false;
  readonly #items = new Map<string, unknown>();

  keys = async () => [...this.#items.keys()];
  all = async () => [...this.#items.values()];
  get = async (key: string) => this.#items.get(key);
  put = async (key: string, item: unknown) => void this.#items.set(key, item);
  delete = async (key: string) => void this.#items.delete(key);
}

class IndexedKeep implements Keep {
  lasts = true;
  readonly #store: Store;
  readonly #memory = new MemoryKeep();

  constructor(store: Store) {
    this.#store = store;
  }

  keys = () => this.#ask<string[]>('readonly', async (store) => (await settled(store.getAllKeys())).map(String), (memory) => memory.keys());
  all = () => this.#ask<unknown[]>('readonly', (store) => settled(store.getAll()), (memory) => memory.all());
  get = (key: string) => this.#ask<unknown>('readonly', (store) => settled(store.get(key)), (memory) => memory.get(key));
  put = (key: string, item: unknown) =>
    this.#ask('readwrite', async (store) => void (await settled(store.put(item, key))), (memory) => memory.put(key, item));
  delete = (key: string) =>
    this.#ask('readwrite', async (store) => void (await settled(store.delete(key))), (memory) => memory.delete(key));

  async #ask<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => Promise<T>, otherwise: (memory: MemoryKeep) => Promise<T>): Promise<T> {
    const database = await opened();
    this.lasts = database !== null;
    return database ? ask(database.transaction(this.#store, mode).objectStore(this.#store)) : otherwise(this.#memory);
  }
}

export function keepOf(store: Store): Keep {
  return typeof indexedDB === 'undefined' ? new MemoryKeep() : new IndexedKeep(store);
}

let opening: Promise<IDBDatabase | null> | undefined;

function opened(): Promise<IDBDatabase | null> {
  opening ??= open().catch(() => null);
  return opening;
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}
