import type { Link } from './link';
import type { Report } from './reports';
import type { DomEvent, Patch } from './types';

type Phase = 'starting' | 'ready' | 'broken';

/** Every way out that the frame has to try; one that it leaves out counts as open. */
const WAYS_OUT = [
  'parent.document', 'parent.__TAURI_INTERNALS__', 'top.location', 'origin', 'cookie', 'localStorage', 'sessionStorage',
  'indexedDB', '__TAURI_INTERNALS__', 'eval', 'Function', 'fetch', 'WebSocket', 'image',
];

/** A stage on which there is nothing. */
const BARE: Patch = { op: 'reset', root: { handle: 1, tag: 'div', attributes: [['id', 'sandbox']] } };

const MOST_HELD = 100_000;

export type Callbacks = {
  /** A person did something. */
  onevent: (event: DomEvent) => void;
  /** There is a new frame that knows nothing: send a `reset` with the whole stage. */
  onlost: () => void;
  /** All patches up to this take are on the screen. */
  onpainted?: (seq: number) => void;
};

/** What is known of the stage. The tree itself is the engine's; the frame shows it. */
export class StageState {
  phase: Phase = $state('starting');
  empty = $state(true);
  /** Ways out of the frame that are open, or why there is no frame. */
  problems: string[] = $state.raw([]);
  /** Patches the frame refused since the last reset, and the reason for the first. */
  refused = $state.raw({ count: 0, why: '' });
  /** How long the frame took to apply what it painted last. */
  paintMs = 0;

  readonly #callbacks: Callbacks;
  #link: Link | null = null;
  #held: Patch[] = [];
  #seq = 0;
  /** Whether patches went to a frame that is gone. Until the next reset others make no sense. */
  #lost = false;
  #told = false;

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  /** Takes patches of an event; returns the number that `onpainted` will name. */
  take(patches: Patch[]): number {
    this.#seq += 1;
    if (this.phase === 'broken') return this.#seq;
    const reset = patches.findLastIndex(({ op }) => op === 'reset');
    if (reset >= 0) {
      this.#held = [];
      this.#lost = false;
      this.refused = { count: 0, why: '' };
    } else if (this.#lost) return this.#seq;
    // What came before a reset can no longer be seen.
    const rest = reset > 0 ? patches.slice(reset) : patches;
    if (this.phase === 'ready') this.#paint(rest);
    else this.#hold(rest);
    return this.#seq;
  }

  /** Another session begins, with nothing on its stage. */
  clear(): void {
    if (!this.empty || this.#lost || this.#held.length > 0) this.take([BARE]);
  }

  /** There is a frame. Nothing goes to it before it has said that it is closed on all sides. */
  attach(link: Link): void {
    this.detach();
    this.#link = link;
    this.phase = 'starting';
    this.problems = [];
    if (this.#lost) this.#callbacks.onlost();
  }

  /** The frame is gone, and what it showed with it. */
  detach(): void {
    this.#link?.close();
    this.#link = null;
    this.phase = 'starting';
    if (this.#told) this.#lost = true;
    this.#told = false;
    this.empty = true;
  }

  hear(report: Report): void {
    if (report.type === 'isolated') this.#judge(report.results);
    else if (this.phase !== 'ready') return;
    else if (report.type === 'event') this.#callbacks.onevent({ handle: report.handle, eventType: report.eventType, value: report.value });
    else if (report.type === 'painted') this.#painted(report);
  }

  /** The frame cannot be used. */
  fail(problems: string[]): void {
    this.#link?.close();
    this.#link = null;
    this.#held = [];
    this.#lost = true;
    this.problems = problems;
    this.phase = 'broken';
  }

  #hold(patches: Patch[]): void {
    for (const patch of patches) this.#held.push(patch);
    if (this.#held.length <= MOST_HELD) return;
    // Nobody looks at the stage; who does later asks for all of it.
    this.#held = [];
    this.#lost = true;
  }

  #judge(results: { name: string; closed: boolean }[]): void {
    if (this.phase !== 'starting' || !this.#link) return;
    const closed = results.filter((each) => each.closed).map(({ name }) => name);
    const open = WAYS_OUT.filter((name) => !closed.includes(name));
    if (open.length > 0 || closed.length < results.length) return this.fail(open);
    this.phase = 'ready';
    if (this.#held.length > 0) this.#paint(this.#held.splice(0));
  }

  #paint(patches: Patch[]): void {
    if (patches.length === 0) return;
    this.#told = true;
    try {
      this.#link?.paint(patches, this.#seq);
    } catch {
      // A tree so deep that the browser cannot copy it; the others are to be seen all the same.
      if (patches.length > 1) for (const patch of patches) this.#paint([patch]);
      else this.#refuse(1, 'elements nested too deep');
    }
  }

  #refuse(count: number, why: string): void {
    this.refused = { count: this.refused.count + count, why: this.refused.why || why };
  }

  #painted({ seq, ms, empty, refused, why }: Report & { type: 'painted' }): void {
    this.empty = empty;
    this.paintMs = ms;
    if (refused > 0) this.#refuse(refused, why ?? '');
    this.#callbacks.onpainted?.(seq);
  }
}
