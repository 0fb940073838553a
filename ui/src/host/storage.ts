// What programs store in a browser, kept between visits. Values stay the JSON that they are.

const PLACE = 'monty-playground.storage';

type Keep = Pick<Storage, 'getItem' | 'setItem'>;

/** The stored values, as the settings of a session take them; null where there are none. */
export function storedSettings(keep: Keep | null = place()): string | null {
  const table = read(keep);
  const fields = Object.entries(table).map(([key, json]) => `${JSON.stringify(key)}:${json}`);
  return fields.length === 0 ? null : `{"storage":{${fields.join()}}}`;
}

/** Keeps a value under a key, or forgets the key. */
export function store(key: string, json: string | null, keep: Keep | null = place()): void {
  const table = read(keep);
  if (json === null) delete table[key];
  else table[key] = json;
  try {
    keep?.setItem(PLACE, JSON.stringify(table));
  } catch {
    // A full or closed store: the session still has the value.
  }
}

function read(keep: Keep | null): Record<string, string> {
  const table: Record<string, string> = Object.create(null);
  try {
    const kept: unknown = JSON.parse(keep?.getItem(PLACE) ?? '{}');
    for (const [key, json] of Object.entries(kept ?? {})) {
      if (typeof json !== 'string') continue;
      JSON.parse(json);
      table[key] = json;
    }
  } catch {
    // Somebody else wrote there.
  }
  return table;
}

function place(): Keep | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
