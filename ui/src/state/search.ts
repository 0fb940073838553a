/** How well a title fits what is sought: by the beginning of words, then letters in order. Lower is better; null is not at all. */
export function rank(title: string, sought: string): number | null {
  const [text, wanted] = [title.toLowerCase(), sought.trim().toLowerCase()];
  if (wanted === '') return 0;
  const place = text.indexOf(wanted);
  if (place === 0) return 0;
  if (place > 0) return isBeginning(text, place) ? 10 + place / 100 : 30 + place / 100;
  const words = initials(text, wanted);
  if (words) return 20;
  return scattered(text, wanted);
}

function isBeginning(text: string, at: number): boolean {
  return !/[a-z0-9]/.test(text[at - 1] ?? '');
}

/** Whether the wanted letters begin words, in order: `sf` for "show files". */
function initials(text: string, wanted: string): boolean {
  const firsts = text.split(/[^a-z0-9]+/).map((word) => word.charAt(0));
  return firsts.join('').includes(wanted.replaceAll(' ', ''));
}

/** Letters in order with gaps; the shorter the stretch they take, the better. */
function scattered(text: string, wanted: string): number | null {
  const letters = [...wanted.replaceAll(' ', '')];
  const first = text.indexOf(letters[0] ?? '');
  let at = first;
  for (const letter of letters.slice(1)) {
    at = at < 0 ? at : text.indexOf(letter, at + 1);
  }
  if (at < 0) return null;
  const stretch = at - first + 1;
  return stretch <= letters.length * 4 ? 40 + stretch : null;
}

const KEY = 'monty-playground.recent';
const KEPT = 8;

/** What was chosen in the palette, the last one first. */
export class Recent {
  #ids: string[];
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    this.#ids = read(storage);
  }

  /** The place of an id; what was never chosen comes after all that was. */
  place(id: string): number {
    const at = this.#ids.indexOf(id);
    return at < 0 ? KEPT : at;
  }

  has = (id: string): boolean => this.#ids.includes(id);

  chosen(id: string): void {
    this.#ids = [id, ...this.#ids.filter((each) => each !== id)].slice(0, KEPT);
    try {
      this.#storage.setItem(KEY, JSON.stringify(this.#ids));
    } catch {
      // A full or forbidden storage must not keep anybody from working.
    }
  }
}

function read(storage: Pick<Storage, 'getItem'>): string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, KEPT) : [];
  } catch {
    return [];
  }
}
