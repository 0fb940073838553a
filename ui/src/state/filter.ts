import type { Lane, State } from './described';
import type { Rows } from './rows';

/** What is wanted of a record; all of it by default. */
export type Filter = { lanes: readonly Lane[]; name: string; state: State | null; text: string };
export const ALL: Filter = { lanes: [], name: '', state: null, text: '' };

export function isAll({ lanes, name, state, text }: Filter): boolean {
  return lanes.length === 0 && name === '' && state === null && text.trim() === '';
}

/** Which rows of a stretch a filter lets through. What comes later is added, not looked for anew. */
export class Shown {
  readonly #rows: Rows;
  #filter = ALL;
  #from = 0;
  #to = 0;
  /** Null where all are shown: then nothing has to be kept. */
  #hits: number[] | null = null;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** Looks at a stretch; `anew` where rows that were looked at have changed. */
  look(filter: Filter, from: number, to: number, anew: boolean): void {
    const isSame = !anew && filter === this.#filter && from === this.#from && to >= this.#to;
    const looked = isSame ? this.#to : from;
    if (!isSame) this.#hits = isAll(filter) ? null : [];
    [this.#filter, this.#from, this.#to] = [filter, from, to];
    if (!this.#hits) return;
    const fits = this.#matcher();
    for (let row = looked; row < to; row += 1) if (fits(row)) this.#hits.push(row);
  }

  get count(): number {
    return this.#hits ? this.#hits.length : this.#to - this.#from;
  }

  /** The row at a place. */
  at(place: number): number {
    return this.#hits ? (this.#hits[place] ?? -1) : this.#from + place;
  }

  /** The place of a row, or of the next one that is shown. */
  placeOf(row: number): number {
    if (!this.#hits) return Math.min(Math.max(0, row - this.#from), Math.max(0, this.count - 1));
    let [low, high] = [0, this.#hits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hits[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #matcher(): (row: number) => boolean {
    const { lanes, name, state } = this.#filter;
    const rows = this.#rows;
    const text = this.#filter.text.trim().toLowerCase();
    const wanted = name.trim();
    return (row) =>
      (lanes.length === 0 || lanes.includes(rows.lane(row))) &&
      (wanted === '' || (rows.kind(row) === 'call' && rows.name(row).includes(wanted))) &&
      (state === null || rows.state(row) === state) &&
      (text === '' || rows.says(row, text));
  }
}
