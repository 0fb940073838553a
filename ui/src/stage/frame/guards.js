// @ts-check
/* global Element, HTMLButtonElement, HTMLFormElement, HTMLInputElement, KeyboardEvent, Node, document, setTimeout */
import { isText } from './fields.js';
import { pressedOf } from './keys.js';
import { isConnected, parentOf, reportValidity, tagOf } from './own.js';

// Nothing here leads away from the stage: no link, no form, nothing dropped. A sandboxed form gets no
// `submit` of its own, so what would have sent it counts as one.

/**
 * @param {(form: HTMLFormElement) => void} submit
 * @param {(keys: string) => boolean} isShortcut whether the app around has a use for these keys
 * @param {(keys: string) => void} shortcut
 */
export function guard(submit, isShortcut, shortcut) {
  const on = (/** @type {string[]} */ types, /** @type {(event: Event) => void} */ act) => {
    for (const type of types) document.addEventListener(type, act, { capture: true, passive: false });
  };
  const send = (/** @type {HTMLFormElement} */ form) => {
    if (isConnected(form) && reportValidity(form)) submit(form);
  };

  on(['submit', 'reset', 'dragstart', 'dragover', 'drop'], (event) => event.preventDefault());
  on(['click', 'auxclick', 'contextmenu'], (event) => {
    if (closest(event.target, (element) => tagOf(element) === 'a')) event.preventDefault();
  });
  on(['click'], (event) => {
    const form = formSentBy(closest(event.target, (element) => formSentBy(element) !== null));
    if (!form) return;
    event.preventDefault();
    if (event.isTrusted) send(form);
  });
  on(['keydown'], (event) => {
    if (!(event instanceof KeyboardEvent) || !event.isTrusted || event.isComposing) return;
    const pressed = pressedOf(event, event.ctrlKey || event.metaKey);
    if (isShortcut(pressed)) {
      // The browser would save the page, or go to its own bars. What Escape closes, it closes too.
      if (pressed !== 'Escape') event.preventDefault();
      shortcut(pressed);
    } else if (event.key === 'Enter') submitByEnter(event.target, send);
  });
}

/** A form without a button for it is sent by Enter in a field. @param {unknown} field @param {(form: HTMLFormElement) => void} send */
function submitByEnter(field, send) {
  if (!(field instanceof HTMLInputElement) || !isText(field) || !field.form) return;
  const { form } = field;
  const fields = Object.getOwnPropertyDescriptor(HTMLFormElement.prototype, 'elements')?.get?.call(form);
  for (const each of fields ?? []) if (formSentBy(each)) return;
  // After the `change` that the same key causes.
  setTimeout(() => send(form), 0);
}

/** The form that a press on this sends. @param {unknown} element @returns {HTMLFormElement | null} */
function formSentBy(element) {
  if (element instanceof HTMLButtonElement || element instanceof HTMLInputElement) {
    return element.type === 'submit' ? element.form : null;
  }
  return null;
}

/** @param {unknown} from @param {(element: Element) => boolean} fits @returns {Element | null} */
function closest(from, fits) {
  let at = from instanceof Element ? from : from instanceof Node ? parentOf(from) : null;
  while (at && !fits(at)) at = parentOf(at);
  return at;
}
