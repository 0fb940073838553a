import type { Event, Stream } from '../host/host';

export type Line = { readonly stream: Stream; readonly text: string };

/** Kept of a program's output; what is older is dropped and counted. */
export const MAX_LINES = 200_000;
const MAX_CHARS = 64 * 1024 * 1024;
const MAX_LINE_CHARS = 1024 * 1024;

/**
 * The printed lines of one run. Plain data on purpose: a program prints
 * a million lines a second, far too many for reactive state.
 */
export class Output {
  dropped = 0;
  #lines: Line[] = [];
  #start = 0;
  #chars = 0;
  #lastIsOpen = false;
  #listeners = new Set<() => void>();

  get count(): number {
    return this.#lines.length - this.#start;
  }

  slice(from: number, to: number): Line[] {
    return this.#lines.slice(this.#start + Math.max(0, from), this.#start + Math.max(0, to));
  }

  text(): string {
    return this.slice(0, this.count).map((line) => line.text).join('\n');
  }

  take(events: readonly Event[]): void {
    for (const event of events) {
      if (event.event === 'print') this.#print(event.stream, event.text);
    }
    this.#drop();
    this.#tell();
  }

  clear(): void {
    this.#lines = [];
    this.#start = this.#chars = this.dropped = 0;
    this.#lastIsOpen = false;
    this.#tell();
  }

  /** Calls back after every change, until the returned function is called. */
  listen(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  #tell(): void {
    for (const changed of this.#listeners) changed();
  }

  #print(stream: Stream, text: string): void {
    let from = 0;
    while (from < text.length) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      this.#append(stream, text.slice(from, to));
      this.#lastIsOpen = newline < 0;
      from = to + 1;
    }
  }

  #append(stream: Stream, text: string): void {
    this.#chars += text.length;
    const last = this.#lines.at(-1);
    if (this.#lastIsOpen && last?.stream === stream && last.text.length < MAX_LINE_CHARS) {
      this.#lines[this.#lines.length - 1] = { stream, text: last.text + text };
    } else {
      this.#lines.push({ stream, text });
    }
  }

  #drop(): void {
    while (this.count > MAX_LINES || (this.#chars > MAX_CHARS && this.count > 1)) {
      this.#chars -= this.#lines[this.#start]?.text.length ?? 0;
      this.#start += 1;
      this.dropped += 1;
    }
    // Moving the rest down only now and then keeps dropping cheap.
    if (this.#start > MAX_LINES / 4) {
      this.#lines.splice(0, this.#start);
      this.#start = 0;
    }
  }
}
