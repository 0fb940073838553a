// A browser first runs a module slowly, and compiles anew what is run often: the better code is for
// all workers that have the module. So a spare worker runs something while nobody waits for it.

import { WebSession } from './engine/web';

/** How long it may run in all. */
const MOST_MS = 400;

/** What programs do most: loops, texts, lists, calls. */
const PROGRAM = `
def add(a, b):
    return a + b

found, names = [], {}
box = dom_create('div')
dom_append(dom_root(), box)
for number in range(100000):
    line = dom_create('p')
    dom_text(line, str(number))
    dom_append(box, line)
    if number % 8 == 0:
        names[f'{number}'] = [add(each, number) for each in range(4)]
        found.append(len(names))
    if number % 1000 == 0:
        dom_html(box, '')
`;

export class Warmth {
  #session: WebSession | undefined;
  #spent = 0;

  begin() {
    this.#session = new WebSession(new Uint8Array(32), 0);
    this.#session.begin('run', JSON.stringify({ code: PROGRAM, extensions: ['dom'] }));
  }

  get isOn(): boolean {
    return this.#session !== undefined;
  }

  /** A few milliseconds of it. */
  turn() {
    const began = performance.now();
    const more = this.#session?.turn() === 0;
    this.#spent += performance.now() - began;
    if (!more || this.#spent > MOST_MS) this.end();
  }

  end() {
    this.#session?.free();
    this.#session = undefined;
  }
}
