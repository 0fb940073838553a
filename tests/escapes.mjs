/* global Event, document, window -- what is handed to the frame runs there */

// A program that tries every way out of the stage that is known, for both hosts.

import { readFileSync } from 'node:fs';

const escapes = JSON.parse(readFileSync(new URL('escapes.json', import.meta.url), 'utf8'));

export const HOW_MANY = escapes.length;

// Each in an element of its own; what is refused is counted.
export const PROGRAM = `escapes = json_loads(${JSON.stringify(JSON.stringify(escapes))})
refused = 0
for e in escapes:
    box = dom_create('section')
    dom_append(dom_root(), box)
    try:
        if e['kind'] == 'html':
            dom_html(box, e['input'])
        elif e['kind'] == 'attr':
            h = dom_create(e['tag'])
            dom_append(box, h)
            dom_attr(h, e['attribute'], e['input'])
        elif e['kind'] == 'style':
            dom_style(box, e['property'], e['input'])
        else:
            dom_append(box, dom_create(e['input']))
    except (ValueError, TypeError):
        refused += 1
done = dom_create('button')
dom_text(done, 'All tried')
dom_append(dom_root(), done)
f'{refused} refused'`;

/** Runs in the frame: touches everything, and tells what should not be there. */
export function provoke() {
  for (const element of document.body.querySelectorAll('*')) {
    for (const type of ['click', 'mouseover', 'focus', 'mouseenter', 'pointerdown', 'toggle', 'animationstart', 'error', 'load']) {
      element.dispatchEvent(new Event(type, { bubbles: true, cancelable: true }));
    }
  }
  const bad = 'script, iframe, object, embed, link, meta, base, style, svg, math, video, audio, form[action], [srcdoc], [formaction]';
  const found = [...document.body.querySelectorAll(bad)].map(({ outerHTML }) => outerHTML.slice(0, 200));
  for (const element of document.body.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const wrong = /^on/i.test(name) || /^\s*(javascript|vbscript):/i.test(value) || (name === 'src' && !value.startsWith('data:image/'));
      if (wrong) found.push(`${element.tagName} ${name}=${value}`);
    }
  }
  return { found, escaped: typeof window.escaped, sections: document.querySelectorAll('section').length };
}
