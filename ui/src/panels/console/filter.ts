import type { Output } from '../../state/output';

/** Which lines of an output have a text in them. Looks only at those that are new since the last time. */
export class LineFilter {
  readonly needle: string;
  /** Numbers of lines, counted from the first that was ever printed. */
  #found: number[] = [];
  #start = 0;
  #seen = 0;
  #cleared = -1;

  constructor(needle: string) {
    this.needle = needle.toLowerCase();
  }

  get count(): number {
    return this.#found.length - this.#start;
  }

  /** Takes in what was printed and what was dropped; how many of the lines before went. */
  update(output: Output): number {
    if (this.#cleared !== output.cleared) {
      this.#cleared = output.cleared;
      this.#found = [];
      this.#start = this.#seen = 0;
    }
    // The last line may have become longer.
    const from = Math.max(output.dropped, this.#seen - 1);
    if (this.count > 0 && this.#found.at(-1) === from) this.#found.pop();
    const lines = output.slice(from - output.dropped, output.count);
    lines.forEach(({ text }, index) => {
      if (text.toLowerCase().includes(this.needle)) this.#found.push(from + index);
    });
    this.#seen = output.dropped + output.count;
    return this.#drop(output.dropped);
  }

  slice(from: number, to: number): number[] {
    return this.#found.slice(this.#start + from, this.#start + to);
  }

  #drop(before: number): number {
    const start = this.#start;
    while ((this.#found[this.#start] ?? Infinity) < before) this.#start += 1;
    const gone = this.#start - start;
    if (this.#start > 10_000) {
      this.#found.splice(0, this.#start);
      this.#start = 0;
    }
    return gone;
  }
}

export type Piece = { text: string; isFound: boolean };

/** A line cut where a text is in it. */
export function pieces(line: string, needle: string): Piece[] {
  if (needle === '') return [{ text: line, isFound: false }];
  const lower = line.toLowerCase();
  // Where letters change their length with their case, places of one are not those of the other.
  if (lower.length !== line.length) return [{ text: line, isFound: false }];
  const cut: Piece[] = [];
  let from = 0;
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    if (at > from) cut.push({ text: line.slice(from, at), isFound: false });
    from = at + needle.length;
    cut.push({ text: line.slice(at, from), isFound: true });
  }
  if (from < line.length) cut.push({ text: line.slice(from), isFound: false });
  return cut;
}
