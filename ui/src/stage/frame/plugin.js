// @ts-check
// Runs in Vite, not in the page: puts the frame's one script and one style together, and says their hashes.

/* global URL */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In the order in which they need each other. */
const PARTS = ['own', 'allowed', 'fields', 'shelves', 'tree', 'events', 'keys', 'guards', 'isolation', 'main'];
const NAME = 'virtual:stage-frame';
const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

export function readFrame() {
  const script = `'use strict';(() => {\n${PARTS.map((name) => part(`${name}.js`)).join('\n')}})();\n`;
  const style = read('frame.css');
  // Nothing escapes these elements but their own end.
  if (/<\/?script|<!--/i.test(script) || /<\//.test(style)) throw new Error('the frame holds what ends its own element');
  return { script, style, scriptHash: hashOf(script), styleHash: hashOf(style) };
}

/** Gives the page `virtual:stage-frame`. @returns {import('vite').Plugin} */
export function stageFrame() {
  return {
    name: 'stage-frame',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
    load(id) {
      if (id !== `\0${NAME}`) return null;
      for (const name of [...PARTS.map((each) => `${each}.js`), 'frame.css']) this.addWatchFile(here(name));
      return Object.entries(readFrame()).map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};`).join('\n');
    },
  };
}

/** A part as it stands, but for what joins it to the others: in one function they see each other. @param {string} name */
function part(name) {
  return read(name).replace(/^import .*\n/gm, '').replace(/^export /gm, '');
}

/** With the same line ends on every system: the hash depends on each. @param {string} name */
function read(name) {
  return readFileSync(here(name), 'utf8').replaceAll('\r\n', '\n');
}

/** @param {string} text */
function hashOf(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
