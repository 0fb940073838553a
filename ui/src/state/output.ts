import type { Event, Stream } from '../host/host';
import { explain } from '../text/explain';
import type { Ending } from './ending';

/** Who wrote a line: the program, or the window between what runs at the prompt. */
export type Writer = Stream | 'echo' | 'result' | 'error';
/** `child` names the child of the sandbox that printed it: 2, or 2.1 for a child of that one. */
export type Line = { readonly stream: Writer; readonly text: string; readonly child?: string };

/** Kept of a program's output; what is older is dropped and counted. */
export const MAX_LINES = 200_000;
const MAX_CHARS = 64 * 1024 * 1024;
const MAX_LINE_CHARS = 1024 * 1024;

/**
 * The printed lines of a run, and of what ran at the prompt after it. Plain data on purpose:
 * a program prints a million lines a second, far too many for reactive state.
 */
export class Output {
  dropped = 0;
  /** Counts how often all of it went. */
  cleared = 0;
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
    for (const event of events) this.#take(event);
    this.#drop();
    this.#tell();
  }

  /** What was typed at the prompt, as Python's own prompt shows it. */
  echo(code: string): void {
    this.#write('echo', `>>> ${code.replaceAll('\n', '\n... ')}`);
  }

  result(repr: string): void {
    this.#write('result', repr);
  }

  /** An ending that something else follows, in short. */
  end(ending: Ending): void {
    if (ending.kind === 'value') return this.result(ending.repr);
    const { title, detail } = explain(ending);
    const frame = 'error' in ending ? ending.error.traceback.at(-1) : undefined;
    const place = frame ? ` (${frame.filename}, line ${frame.line})` : '';
    this.#write('error', `${title}${detail === '' ? '' : `: ${detail}`}${place}`);
  }

  clear(): void {
    this.#lines = [];
    this.#start = this.#chars = this.dropped = 0;
    this.#lastIsOpen = false;
    this.cleared += 1;
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

  #take(event: Event, child?: string): void {
    if (event.event === 'print') this.#print(event.stream, event.text, child);
    else if (event.event === 'child') this.#take(event.told, child === undefined ? `${event.handle}` : `${child}.${event.handle}`);
  }

  /** Whole lines of the window itself, which join no other. */
  #write(stream: Writer, text: string): void {
    this.#lastIsOpen = false;
    for (const line of text.split('\n')) this.#append(stream, line);
    this.#drop();
    this.#tell();
  }

  #print(stream: Stream, text: string, child?: string): void {
    let from = 0;
    while (from < text.length) {
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline;
      this.#append(stream, text.slice(from, to), child);
      this.#lastIsOpen = newline < 0;
      from = to + 1;
    }
  }

  #append(stream: Writer, text: string, child?: string): void {
    this.#chars += text.length;
    const last = this.#lines.at(-1);
    const joins = this.#lastIsOpen && last?.stream === stream && last.child === child;
    if (joins && last.text.length < MAX_LINE_CHARS) {
      this.#lines[this.#lines.length - 1] = { ...last, text: last.text + text };
    } else {
      this.#lines.push(child === undefined ? { stream, text } : { stream, text, child });
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
