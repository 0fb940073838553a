// @ts-check
/* global Node, document */
import { SVG, attributeName, isStyle, kindOf } from './allowed.js';
import { followAttribute, writeField } from './fields.js';
import { append, eachElement, isConnected, isElement, isEmpty, onlyText, parentOf, removeAttribute, removeSelf, replaceChildren, setAttribute, styleOf, tagOf } from './own.js';
import { Shelves } from './shelves.js';

// Nested deeper, a page costs the browser its stack.
const DEEPEST = 256;
const create = document.createElement.bind(document);
const createDrawn = document.createElementNS.bind(document, SVG);
const createText = document.createTextNode.bind(document);

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isRecord(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {unknown} value @returns {value is number} */
function isHandle(value) {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** @param {unknown} value @returns {unknown[]} */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/** What is on the stage, by handle. Patches that make no sense are counted, and change nothing. */
export class Tree {
  /** @type {Map<number, Element>} */
  #elements = new Map();
  /** @type {WeakMap<Element, number>} */
  #handles = new WeakMap();
  /** @type {WeakMap<Element, Set<string>>} */
  #listens = new WeakMap();
  #shelves = new Shelves();
  /** What was appended to last. @type {{ element: Element | null, depth: number }} */
  #last = { element: null, depth: 0 };
  #place;
  #refuse;
  #focus;

  /**
   * @param {Element} place where the root goes
   * @param {(why: string) => void} refuse
   * @param {(element: Element | null) => void} focus
   */
  constructor(place, refuse, focus) {
    this.#place = place;
    this.#refuse = refuse;
    this.#focus = focus;
  }

  get isEmpty() {
    const root = this.#place.lastElementChild;
    return !root || isEmpty(root);
  }

  /** @param {number} handle */
  element(handle) {
    return this.#elements.get(handle);
  }

  /** The nearest element that Python knows, from a node upwards. @param {unknown} node @returns {number | undefined} */
  handleAt(node) {
    for (let at = toElement(node); at; at = parentOf(at)) {
      const handle = this.#handles.get(at);
      if (handle !== undefined) return handle;
    }
    return undefined;
  }

  /** Whether somebody waits for an event, from a node upwards. @param {unknown} node @param {string} type */
  isHeard(node, type) {
    for (let at = toElement(node); at; at = parentOf(at)) if (this.#listens.get(at)?.has(type)) return true;
    return false;
  }

  /** What was applied is about to be seen. */
  settle() {
    this.#shelves.settle();
  }

  /** @param {unknown} patch */
  apply(patch) {
    try {
      if (isRecord(patch)) this.#apply(patch);
      else this.#refuse('a patch that is none');
    } catch (cause) {
      this.#refuse(String(cause));
    }
  }

  /** @param {Record<string, unknown>} patch */
  #apply(patch) {
    const { op, value } = patch;
    if (op === 'reset') return this.#reset(patch.root);
    if (op === 'focus' && (patch.handle === null || patch.handle === undefined)) return this.#focus(null);
    const element = this.#known(op === 'append' ? patch.parent : patch.handle);
    if (!element) return;
    if (op === 'append') this.#append(element, patch.element);
    else if (op === 'remove') this.#remove(element);
    else if (op === 'children') this.#children(element, list(patch.children));
    else if (op === 'attribute') this.#attribute(element, patch.name, value ?? null);
    else if (op === 'style') this.#style(element, patch.name, value ?? null);
    else if (op === 'value') this.#value(element, value);
    else if (op === 'listen') this.#listen(element, patch.types);
    else if (op === 'focus') this.#focus(element);
    else this.#refuse('a patch of an unknown kind');
  }

  /** @param {unknown} handle */
  #known(handle) {
    const element = isHandle(handle) ? this.#elements.get(handle) : undefined;
    if (!element) this.#refuse(`the handle ${isHandle(handle) ? handle : 'that is none'} is not on the stage`);
    return element;
  }

  /** @param {unknown} root */
  #reset(root) {
    this.#elements.clear();
    this.#handles = new WeakMap();
    this.#shelves = new Shelves();
    const built = this.#build(root, 0);
    replaceChildren(this.#place, ...(built ? [built] : []));
  }

  /** @param {Element} parent @param {unknown} wanted */
  #append(parent, wanted) {
    const old = isRecord(wanted) && isHandle(wanted.handle) ? this.#elements.get(wanted.handle) : undefined;
    // It moves; and nothing moves into itself.
    if (old) this.#remove(old);
    if (!isConnected(parent)) return this.#refuse('an element was to be put into itself');
    const { loud } = this.#shelves;
    const built = this.#build(wanted, this.#depthOf(parent));
    if (built) this.#shelves.append(parent, built, this.#shelves.loud === loud);
  }

  /** How deep an element is. None ever moves: one that Python moves is built anew. @param {Element} element */
  #depthOf(element) {
    if (this.#last.element !== element) this.#last = { element, depth: depthOf(element) };
    return this.#last.depth;
  }

  /** @param {Element} element */
  #remove(element) {
    this.#forget(element);
    const parent = parentOf(element);
    removeSelf(element);
    this.#shelves.removed(parent);
  }

  /** @param {Element} element @param {boolean} [itself] */
  #forget(element, itself = true) {
    eachElement(element, (each) => {
      const handle = this.#handles.get(each);
      if (handle === undefined || (each === element && !itself)) return;
      if (this.#elements.get(handle) === each) this.#elements.delete(handle);
    });
  }

  /** @param {Element} element @param {unknown[]} children */
  #children(element, children) {
    const [only] = children;
    const text = children.length === 1 && typeof only === 'string' ? onlyText(element) : null;
    // The same node, so that a selection in it stays.
    if (text) {
      if (text.data !== only) text.data = String(only);
      return;
    }
    this.#forget(element, false);
    const { loud } = this.#shelves;
    replaceChildren(element, ...this.#buildAll(children, depthOf(element)));
    this.#shelves.replaced(element, this.#shelves.loud === loud);
  }

  /** @param {unknown[]} nodes @param {number} depth @returns {Node[]} */
  #buildAll(nodes, depth) {
    return nodes.map((each) => this.#buildNode(each, depth)).filter((node) => node !== null);
  }

  /** @param {unknown} node @param {number} depth @returns {Node | null} */
  #buildNode(node, depth) {
    return typeof node === 'string' ? createText(node) : this.#build(node, depth);
  }

  /** @param {unknown} wanted @param {number} depth @returns {Element | null} */
  #build(wanted, depth) {
    const refused = (/** @type {string} */ why) => (this.#refuse(why), null);
    if (!isRecord(wanted) || !isHandle(wanted.handle) || typeof wanted.tag !== 'string') return refused('an element that is none');
    const { handle, tag } = wanted;
    const kind = kindOf(tag);
    if (!kind) return refused(`the element <${tag.slice(0, 40)}>`);
    if (depth > DEEPEST) return refused(`elements nested deeper than ${DEEPEST}`);
    const element = kind === 'svg' ? createDrawn(tag) : create(tag);
    this.#elements.set(handle, element);
    this.#handles.set(element, handle);
    this.#shelves.see(element, tag);
    for (const pair of list(wanted.attributes)) this.#attribute(element, list(pair)[0], list(pair)[1]);
    for (const pair of list(wanted.styles)) this.#style(element, list(pair)[0], list(pair)[1]);
    const children = list(wanted.children);
    for (const each of children) {
      const node = this.#buildNode(each, depth + 1);
      if (node) append(element, node);
    }
    // Only now does a select have its options.
    if (wanted.value !== null && wanted.value !== undefined) this.#value(element, wanted.value);
    if (wanted.listens !== undefined) this.#listen(element, wanted.listens);
    return element;
  }

  /** @param {Element} element @param {unknown} name @param {unknown} value */
  #attribute(element, name, value) {
    if (typeof name !== 'string' || (value !== null && typeof value !== 'string')) return this.#refuse('an attribute that is none');
    const tag = tagOf(element);
    const spelt = attributeName(tag, name, value);
    if (!spelt) return this.#refuse(`the attribute ${name.slice(0, 40)} of <${tag}>`);
    if (value === null) removeAttribute(element, spelt);
    else setAttribute(element, spelt, value);
    followAttribute(element, spelt, value !== null);
  }

  /** @param {Element} element @param {unknown} name @param {unknown} value */
  #style(element, name, value) {
    if (typeof name !== 'string' || (value !== null && typeof value !== 'string')) return this.#refuse('a style that is none');
    if (!isStyle(name, value)) return this.#refuse(`the style ${name.slice(0, 40)}`);
    this.#shelves.seeStyle(element, name);
    styleOf(element)?.setProperty(name, value);
  }

  /** @param {Element} element @param {unknown} value */
  #value(element, value) {
    if (typeof value !== 'string' || !writeField(element, value)) this.#refuse(`a value of <${tagOf(element)}>`);
  }

  /** @param {Element} element @param {unknown} types */
  #listen(element, types) {
    this.#listens.set(element, new Set(list(types).filter((type) => typeof type === 'string')));
  }
}

/** @param {Element} element */
function depthOf(element) {
  let depth = 0;
  for (let at = parentOf(element); at; at = parentOf(at)) depth += 1;
  return depth;
}

/** @param {unknown} node @returns {Element | null} */
function toElement(node) {
  if (isElement(node)) return node;
  return node instanceof Node ? parentOf(node) : null;
}
