// @ts-check
/* global document, HTMLInputElement, HTMLTextAreaElement, HTMLOptionElement, HTMLSelectElement */
// What a person fills in.

/** @typedef {{ start: number, end: number, backward: boolean }} Caret */

/** @param {unknown} element @returns {element is HTMLInputElement} */
export function isCheck(element) {
  return element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'radio');
}

/** @param {unknown} element @returns {element is HTMLInputElement | HTMLTextAreaElement} */
export function isText(element) {
  return (element instanceof HTMLInputElement && !isCheck(element)) || element instanceof HTMLTextAreaElement;
}

/** @param {unknown} element @returns {string | boolean | null} */
export function readField(element) {
  if (isCheck(element)) return element.checked;
  return isText(element) || element instanceof HTMLSelectElement ? element.value : null;
}

/**
 * Makes a field show a value; "true" and "false" are those of a checkbox.
 * @param {Element} element @param {string} value @returns {boolean} whether it can
 */
export function writeField(element, value) {
  if (isCheck(element)) {
    element.checked = value === 'true';
    return true;
  }
  if (element instanceof HTMLSelectElement) {
    if (element.value !== value) element.value = value;
    return true;
  }
  if (!isText(element)) return false;
  if (element.value === value) return true;
  const caret = document.activeElement === element ? caretOf(element) : null;
  const { length } = element.value;
  element.value = value;
  // Who writes at the end goes on writing at the end.
  if (caret) putCaret(element, caret.start === length ? { start: value.length, end: value.length, backward: false } : caret);
  return true;
}

/** @param {Element} element @returns {Caret | null} numbers, dates and addresses tell none */
export function caretOf(element) {
  if (!isText(element) || element.selectionStart === null || element.selectionEnd === null) return null;
  const { selectionStart: start, selectionEnd: end } = element;
  return { start, end, backward: element.selectionDirection === 'backward' };
}

/** @param {Element} element @param {Caret} caret */
export function putCaret(element, caret) {
  if (!isText(element) || element.selectionStart === null) return;
  const most = element.value.length;
  element.setSelectionRange(Math.min(caret.start, most), Math.min(caret.end, most), caret.backward ? 'backward' : 'forward');
}

/** Attributes that say how a field begins, and are meant to say how it is. @param {Element} element @param {string} name @param {boolean} on */
export function followAttribute(element, name, on) {
  if (name === 'checked' && element instanceof HTMLInputElement) element.checked = on;
  if (name === 'selected' && element instanceof HTMLOptionElement) element.selected = on;
}
