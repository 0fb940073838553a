/** How far a pointer goes before a press is a drag. */
const SLACK = 6;

/** Drags tabs to other places. Not the drag and drop of HTML, which a native window takes for itself. */
export class Reorder {
  /** What is being moved. */
  moving: number | null = $state(null);
  #grabbed: { id: number; x: number } | null = null;
  readonly #move: (id: number, to: number) => void;

  constructor(move: (id: number, to: number) => void) {
    this.#move = move;
  }

  grab(event: PointerEvent, id: number): void {
    if (event.button === 0 && event.pointerType === 'mouse') this.#grabbed = { id, x: event.clientX };
  }

  /** The pointer moved over, or since it is captured from, the tab at an index. */
  drag(event: PointerEvent & { currentTarget: HTMLElement }, index: number): void {
    const grabbed = this.#grabbed;
    if (!grabbed || event.buttons === 0) return this.drop();
    if (this.moving === null) {
      if (Math.abs(event.clientX - grabbed.x) < SLACK) return;
      this.moving = grabbed.id;
    }
    const { left, width } = event.currentTarget.getBoundingClientRect();
    // Past the middle of another tab, so that a wide one does not jump to and fro.
    const share = (event.clientX - left) / width;
    const forward = event.clientX > grabbed.x;
    if (forward ? share > 0.5 : share < 0.5) {
      this.#move(grabbed.id, index);
      grabbed.x = event.clientX;
    }
  }

  drop(): void {
    this.#grabbed = null;
    this.moving = null;
  }
}
