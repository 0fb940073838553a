import { type Visible, scrollTo, visibleRows } from './window';

type Rows = {
  /** How many there are now. */
  count: () => number;
  /** How high each of them is. */
  row: number;
  overscan?: number;
};

/** A box that scrolls over many rows of one height: which are worth rendering, and whether it stays at their end. */
export class Scroll {
  box: HTMLElement | undefined = $state();
  height = $state(0);
  width = $state(0);
  /** Whether the end is in sight, and is to stay so when rows are added. */
  following = $state(true);
  /** Who follows the end sees it, wherever the box is scrolled now. */
  readonly visible: Visible = $derived.by(() =>
    visibleRows(this.count, this.following ? Infinity : this.#top, this.height, this.row, this.#rows.overscan),
  );

  readonly #rows: Rows;
  #top = $state(0);

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  get count(): number {
    return this.#rows.count();
  }

  get row(): number {
    return this.#rows.row;
  }

  /** Goes to the end again, if it is followed. An effect that calls this does so whenever the end may have moved. */
  stay(): void {
    void [this.count, this.height];
    if (this.box && this.following) this.box.scrollTop = this.box.scrollHeight;
  }

  /** Brings a row into sight, wherever the end is. */
  show(place: number): void {
    if (!this.box) return;
    const to = scrollTo(place, this.box.scrollTop, this.box.clientHeight, this.row);
    if (to === null) return;
    this.following = false;
    this.box.scrollTop = to;
  }

  /** The box has been scrolled: who goes up leaves the end, and who comes to it follows it. */
  scrolled = (): void => {
    if (!this.box) return;
    const { scrollTop, scrollHeight, clientHeight } = this.box;
    if (scrollHeight - scrollTop - clientHeight < this.row) this.following = true;
    else if (scrollTop < this.#top) this.following = false;
    this.#top = scrollTop;
  };
}
