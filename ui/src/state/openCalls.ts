import type { Entry } from './entries';

/** Entries of which more is to come: calls that have no answer yet. */
export class OpenCalls {
  readonly #open = new Set<number>();

  /** What is known of an entry now. */
  take({ seq, what }: Entry): void {
    const isOpen = (what.kind === 'call' && what.answer === null) || (what.kind === 'futures' && !what.answered);
    if (isOpen) this.#open.add(seq);
    else this.#open.delete(seq);
  }

  /** The oldest one from a number on, or that number. */
  oldestFrom(from: number, otherwise: number): number {
    return Math.min(otherwise, ...this.before(Infinity).filter((seq) => seq >= from));
  }

  /** Those before a number. */
  before(seq: number): number[] {
    return [...this.#open].filter((each) => each < seq);
  }

  clear(): void {
    this.#open.clear();
  }
}
