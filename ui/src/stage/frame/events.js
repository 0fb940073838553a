// @ts-check
/* global HTMLElement, KeyboardEvent, document, performance, setTimeout, clearTimeout */
import { readField } from './fields.js';

/** @typedef {{ type: 'event', handle: number, eventType: string, value: string | boolean | null }} Told */
/** @typedef {Pick<import('./tree.js').Tree, 'handleAt' | 'isHeard'>} Known */

// The engine must know what fields show, and where the focus is, whoever waits.
const ALWAYS = new Set(['input', 'change', 'focus', 'blur']);
const WAITED = ('click dblclick contextmenu auxclick mousedown mouseup mouseover mouseout mouseenter mouseleave mousemove ' +
  'pointerdown pointerup pointermove pointerenter pointerleave pointercancel touchstart touchend touchmove wheel scroll ' +
  'keydown keyup select copy cut paste toggle close cancel invalid beforeinput focusin focusout').split(' ');
/** Of these only the last in a while counts. */
const FLOWING = new Set(['input', 'mousemove', 'pointermove', 'touchmove', 'wheel', 'scroll']);
const GAP_MS = 1000 / 60;
const MOST_REMEMBERED = 1000;

/** Tells what a person does, in order: at most 60 flowing events a second of each kind and element. */
export class Events {
  /** Set while patches are applied: what Python does is no event. */
  muted = false;
  /** @type {Map<string, Told>} */
  #waiting = new Map();
  /** @type {Map<string, number>} */
  #toldAt = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #known;
  #send;

  /** @param {Known} known @param {(told: Told) => void} send */
  constructor(known, send) {
    this.#known = known;
    this.#send = send;
  }

  start() {
    const heard = (/** @type {Event} */ event) => this.#heard(event);
    for (const type of [...ALWAYS, ...WAITED]) document.addEventListener(type, heard, { capture: true, passive: true });
  }

  /** @param {Event} event */
  #heard(event) {
    const { target, type } = event;
    // Tools that fill in forms send these two themselves.
    if (this.muted || (!event.isTrusted && type !== 'input' && type !== 'change')) return;
    if (ALWAYS.has(type) || this.#known.isHeard(target, type)) this.tell(target, type, valueOf(event));
  }

  /** @param {unknown} target @param {string} eventType @param {string | boolean | null} value */
  tell(target, eventType, value) {
    const handle = this.#known.handleAt(target);
    if (handle === undefined) return;
    /** @type {Told} */
    const told = { type: 'event', handle, eventType, value };
    if (!FLOWING.has(eventType)) {
      this.#flush();
      this.#send(told);
      return;
    }
    const key = `${handle} ${eventType}`;
    this.#waiting.delete(key);
    this.#waiting.set(key, told);
    this.#sendDue();
  }

  #flush() {
    for (const [key, told] of this.#waiting) this.#sendOne(key, told);
  }

  /** Those whose gap is over; one that is not keeps those behind it, for they came later. */
  #sendDue() {
    clearTimeout(this.#timer);
    const now = performance.now();
    for (const [key, told] of this.#waiting) {
      const wait = (this.#toldAt.get(key) ?? -Infinity) + GAP_MS - now;
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#sendDue(), wait);
        return;
      }
      this.#sendOne(key, told);
    }
  }

  /** @param {string} key @param {Told} told */
  #sendOne(key, told) {
    this.#waiting.delete(key);
    if (this.#toldAt.size >= MOST_REMEMBERED) this.#toldAt.clear();
    this.#toldAt.set(key, performance.now());
    this.#send(told);
  }
}

/** @param {Event} event @returns {string | boolean | null} */
function valueOf(event) {
  if (event instanceof KeyboardEvent) return event.key;
  return event.target instanceof HTMLElement ? readField(event.target) : null;
}
