// The key that signs snapshots in a browser: made on first use, kept in IndexedDB. Where there is
// none, as in some private windows, a key serves as long as the page.

const STORE = 'keys';
const NAME = 'snapshots';
const LENGTH = 32;

type Key = Uint8Array<ArrayBuffer>;

let ofThisPage: Promise<Key> | undefined;

export function snapshotKey(): Promise<Key> {
  ofThisPage ??= keptKey().catch(newKey);
  return ofThisPage;
}

async function keptKey(): Promise<Key> {
  const database = await open();
  try {
    // One transaction, so that two pages do not make two keys.
    const store = database.transaction(STORE, 'readwrite').objectStore(STORE);
    const kept: unknown = await settled(store.get(NAME));
    if (kept instanceof Uint8Array && kept.length === LENGTH) return new Uint8Array(kept);
    const made = newKey();
    await settled(store.put(made, NAME));
    return made;
  } finally {
    database.close();
  }
}

function newKey(): Key {
  return crypto.getRandomValues(new Uint8Array(LENGTH));
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('monty-playground', 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}
