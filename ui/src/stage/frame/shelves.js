// @ts-check
/* global document */
// A browser lays out every child of an element, however far out of sight. So where an element gets very
// many of them, those that come late stand on shelves, and the browser passes over a shelf that is out of
// sight. Nobody else can tell a shelf from none: what might look otherwise on one ends all of them.
import { append, childrenOf, contains, heightOf, isConnected, isEmpty, parentOf, removeSelf, styleOf, tagOf } from './own.js';

/** How many children an element has before there are shelves, and how many stand on one. */
const FEW = 500;
const ROWS = 200;
const SOME_HEIGHT = 20;

const names = (/** @type {string} */ text) => new Set(text.trim().split(/\s+/));
const PARENTS = names('body div section article main');
const CHILDREN = names('div p');
/** Nothing of these reaches out of its own line or block. */
const WITHIN = names(`
  a abbr b bdi bdo br button cite code data del dfn div em i img input ins kbd label mark meter optgroup option output
  p progress q s samp select small span strong sub sup textarea time u var wbr
`);
const QUIET = /^(?:--.*|color|background-color|cursor|font(?:-.*)?|line-height|opacity|padding(?:-.*)?|border(?:-.*)?|text-(?:align|decoration|transform)|letter-spacing)$/i;

const createShelf = document.createElement.bind(document, 'div');

/** @typedef {{ shelf: Element | null, rows: number, height: number, settled: boolean }} Place */

export class Shelves {
  /** How many elements and styles there were that do not go with shelves. */
  loud = 0;
  /** @type {WeakSet<Element>} */
  #loud = new WeakSet();
  /** @type {WeakMap<Element, number>} */
  #counts = new WeakMap();
  /** @type {Map<Element, Place>} */
  #places = new Map();
  /** @type {WeakSet<Element>} */
  #shelves = new WeakSet();

  /** There is an element of this tag. @param {Element} element @param {string} tag */
  see(element, tag) {
    if (!WITHIN.has(tag)) this.#hear(element);
  }

  /** An element gets a style. @param {Element} element @param {string} name */
  seeStyle(element, name) {
    if (QUIET.test(name)) return;
    this.#hear(element);
    this.end(element);
  }

  /** @param {Element} element */
  #hear(element) {
    this.loud += 1;
    this.#loud.add(element);
  }

  /** Makes an element the last child. @param {Element} parent @param {Element} child @param {boolean} quiet */
  append(parent, child, quiet) {
    const count = (this.#counts.get(parent) ?? 0) + 1;
    this.#counts.set(parent, count);
    const fits = quiet && CHILDREN.has(tagOf(child));
    if (!fits) this.end(parent);
    append((fits && count > FEW && this.#shelfOf(parent)) || parent, child);
  }

  /** The shelf for the next child. @param {Element} parent @returns {Element | null} */
  #shelfOf(parent) {
    let place = this.#places.get(parent);
    if (!place) {
      if (!this.#mayHold(parent)) return null;
      place = { shelf: null, rows: 0, height: heightOf(parent) / FEW || SOME_HEIGHT, settled: true };
      this.#places.set(parent, place);
    }
    if (!place.shelf || place.rows >= ROWS) {
      this.#settle(place);
      place.shelf = createShelf();
      place.rows = 0;
      this.#shelves.add(place.shelf);
      styleOf(place.shelf)?.setProperty('content-visibility', 'auto');
      append(parent, place.shelf);
    }
    place.rows += 1;
    place.settled = false;
    return place.shelf;
  }

  /** @param {Element} parent */
  #mayHold(parent) {
    for (let at = /** @type {Element | null} */ (parent); at && at !== document.documentElement; at = parentOf(at)) {
      if (!PARENTS.has(tagOf(at)) || this.#loud.has(at)) return false;
    }
    return true;
  }

  /** Says how high shelves are that were never seen. */
  settle() {
    for (const place of this.#places.values()) this.#settle(place);
  }

  /** @param {Place} place */
  #settle(place) {
    if (place.settled || !place.shelf) return;
    place.settled = true;
    styleOf(place.shelf)?.setProperty('contain-intrinsic-block-size', `auto ${Math.round(place.rows * place.height)}px`);
  }

  /** An element has other children, and no shelf. @param {Element} parent @param {boolean} quiet */
  replaced(parent, quiet) {
    this.#counts.delete(parent);
    this.#places.delete(parent);
    if (!quiet) this.end(parent);
  }

  /** A child is gone, and with the last one its shelf. @param {Element | null} parent */
  removed(parent) {
    if (!parent) return;
    const onShelf = this.#shelves.has(parent);
    const holder = onShelf ? parentOf(parent) : parent;
    if (holder) this.#counts.set(holder, Math.max(0, (this.#counts.get(holder) ?? 0) - 1));
    if (!onShelf || !isEmpty(parent)) return;
    for (const place of this.#places.values()) if (place.shelf === parent) place.shelf = null;
    removeSelf(parent);
  }

  /** Nothing in or around an element stands on a shelf any more. @param {Element} element */
  end(element) {
    for (const parent of this.#places.keys()) {
      if (!isConnected(parent)) this.#places.delete(parent);
      else if (contains(parent, element) || contains(element, parent)) this.#end(parent);
    }
  }

  /** Its shelves stay, and are as if they were not: what moves loses focus and selection. @param {Element} parent */
  #end(parent) {
    this.#places.delete(parent);
    this.#loud.add(parent);
    for (const child of childrenOf(parent)) if (this.#shelves.has(child)) styleOf(child)?.setProperty('display', 'contents');
  }
}
