import type { Workbench } from '../../state/workbench.svelte';
import { Scroll } from '../scroll/scroll.svelte';
import { placeAfter } from '../scroll/window';

/** Which entries of the record a list has, in which order. All of it is asked anew when the record has grown. */
export type Places = {
  count: () => number;
  /** The row of the record at a place. */
  rowAt: (place: number) => number;
  /** Where a row stands, first if it stands at several places; null where it is not shown. */
  placeOf: (row: number) => number | null;
};

/** How the detail beside a list is opened and closed; `close` says whether it was open. */
export type DetailDoor = { open: () => void; close: () => boolean };

/** A list of entries of the record that has the focus: which of them is selected, and what keys do. */
export class EntryList {
  readonly scroll: Scroll;
  /** Where the selected entry stands; null where it is not shown. */
  readonly selected: number | null = $derived.by(() => this.#find());

  readonly #bench: Pick<Workbench, 'record' | 'reveal'>;
  readonly #places: Places;
  readonly #door: DetailDoor;
  /** The place that was chosen last; its entry may stand at another one as well. */
  #chosen: number | null = $state(null);

  constructor(bench: Pick<Workbench, 'record' | 'reveal'>, places: Places, row: number, door: DetailDoor) {
    this.#bench = bench;
    this.#places = places;
    this.#door = door;
    this.scroll = new Scroll({ row, overscan: 10, count: places.count });
  }

  get isSelectedRendered(): boolean {
    const { from, to } = this.scroll.visible;
    return this.selected !== null && this.selected >= from && this.selected < to;
  }

  select(place: number): void {
    const { record } = this.#bench;
    this.#chosen = place;
    record.selected = record.rows.base + this.#places.rowAt(place);
    if (place < this.#places.count() - 1) this.scroll.following = false;
  }

  /** Shows where in the program an entry comes from. */
  reveal(place: number): void {
    const range = this.#bench.record.rows.range(this.#places.rowAt(place));
    if (range) this.#bench.reveal(range);
  }

  /** Brings the selected entry into sight, which may have been selected elsewhere. */
  showSelected(): void {
    if (this.selected !== null) this.scroll.show(this.selected);
  }

  pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { selected, scroll } = this;
    const next = placeAfter(event.key, selected, scroll.count, scroll.height, scroll.row);
    if (next !== null) this.select(next);
    else if (event.key === 'Enter' && selected !== null) this.#door.open();
    else if (event.key !== 'Escape' || !this.#door.close()) return;
    event.preventDefault();
  };

  #find(): number | null {
    const row = this.#bench.record.selectedRow;
    if (row === null) return null;
    const chosen = this.#chosen;
    const isThere = chosen !== null && chosen < this.#places.count() && this.#places.rowAt(chosen) === row;
    return isThere ? chosen : this.#places.placeOf(row);
  }
}
