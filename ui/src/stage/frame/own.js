// @ts-check
/* global document, CSSStyleDeclaration, Element, HTMLCollection, HTMLElement, HTMLFormElement, Node, NodeFilter, SVGElement, Text */
// A form answers `form.append` with a field of that name, if Python gave it one. So what is done to
// elements is taken from the prototypes, before anything is on the stage.

/**
 * @template {(...args: never[]) => unknown} F
 * @param {F} method
 * @returns {(self: unknown, ...args: Parameters<F>) => ReturnType<F>}
 */
function own(method) {
  return Function.prototype.call.bind(method);
}

/** @param {object} prototype @param {string} name @returns {(self: unknown) => unknown} */
function getter(prototype, name) {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return get ? own(get) : () => undefined;
}

export const setAttribute = own(Element.prototype.setAttribute);
export const removeAttribute = own(Element.prototype.removeAttribute);
/** @type {(self: Element, node: Node) => void} */
export const append = own(Node.prototype.appendChild);
/** @type {(self: Element, ...nodes: (Node | string)[]) => void} */
export const replaceChildren = own(Element.prototype.replaceChildren);
export const removeSelf = own(Element.prototype.remove);
export const reportValidity = own(HTMLFormElement.prototype.reportValidity);

const htmlFocus = own(HTMLElement.prototype.focus);
const svgFocus = own(SVGElement.prototype.focus);
const htmlStyle = getter(HTMLElement.prototype, 'style');
const svgStyle = getter(SVGElement.prototype, 'style');
const parentNode = getter(Node.prototype, 'parentNode');
const first = getter(Node.prototype, 'firstChild');
const last = getter(Node.prototype, 'lastChild');
const localName = getter(Element.prototype, 'localName');
const connected = getter(Node.prototype, 'isConnected');
const height = getter(HTMLElement.prototype, 'offsetHeight');
const childElements = getter(Element.prototype, 'children');
/** @type {(self: Node, other: Node) => boolean} */
export const contains = own(Node.prototype.contains);

/** @param {unknown} node @returns {node is Element} */
export function isElement(node) {
  return node instanceof Element;
}

/** @param {Element} element */
export function focus(element) {
  if (element instanceof HTMLElement) htmlFocus(element, { preventScroll: true });
  else if (element instanceof SVGElement) svgFocus(element, { preventScroll: true });
}

/** @param {Element} element @returns {CSSStyleDeclaration | null} */
export function styleOf(element) {
  const style = element instanceof HTMLElement ? htmlStyle(element) : svgStyle(element);
  return style instanceof CSSStyleDeclaration ? style : null;
}

/** @param {Element} element */
export function tagOf(element) {
  return String(localName(element));
}

/** @param {Node} node @returns {Element | null} */
export function parentOf(node) {
  const found = parentNode(node);
  return found instanceof Element ? found : null;
}

/** @param {Element} element @returns {Text | null} its text, where it holds nothing else */
export function onlyText(element) {
  const node = first(element);
  return node instanceof Text && node === last(element) ? node : null;
}

/** @param {Element} element */
export function isEmpty(element) {
  return first(element) === null;
}

/** @param {Node} node */
export function isConnected(node) {
  return connected(node) === true;
}

/** @param {Element} element */
export function heightOf(element) {
  return element instanceof HTMLElement ? Number(height(element)) : 0;
}

/** @param {Element} element @returns {Element[]} */
export function childrenOf(element) {
  const found = childElements(element);
  return found instanceof HTMLCollection ? Array.from(found) : [];
}

/** An element and all in it. @param {Element} root @param {(element: Element) => void} visit */
export function eachElement(root, visit) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
  visit(root);
  while (walker.nextNode()) if (walker.currentNode instanceof Element) visit(walker.currentNode);
}
