/* global document, localStorage, requestAnimationFrame -- what is handed to `evaluate` runs in the page */

// The first visit of the browser version: what has to be brought, and how long it takes to the first
// result, with Pyodide doing the same in the same Chromium.

import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { installPyodide, openChromium, serve } from './bench-browser.mjs';
import { root } from './toolchain.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);

export async function benchLoad() {
  sizes();
  const peer = installPyodide();
  const { address, close } = await serve(peer);
  const browser = await openChromium();
  try {
    const taken = { ours: [], peer: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      taken.ours.push(await visit(browser, address, ours));
      if (peer) taken.peer.push(await visit(browser, `${address}/peer.html`, pyodide));
    }
    const [mine, other] = [median(taken.ours), peer ? median(taken.peer) : NaN];
    console.log(`| browser: page load to the first result, Pyodide | ${mine} ms | ${other} ms | ${(other / mine).toFixed(1)} × faster | ≥ 10 × |`);
  } finally {
    await browser.close();
    close();
  }
}

/** With nothing in any cache. */
async function visit(browser, address, act) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.addInitScript(() => {
      localStorage.setItem('monty-playground.workspace', JSON.stringify({ programs: [{ name: 'main.py', code: '1 + 1' }] }));
    });
    await page.goto(address, { waitUntil: 'commit' });
    return Math.round(await page.evaluate(act));
  } finally {
    await context.close();
  }
}

/** Runs in the page: presses Run as soon as there is one, and waits for what is shown. */
async function ours() {
  const until = async (find) => {
    for (;;) {
      const found = find();
      if (found) return found;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  const run = await until(() => document.querySelector('[data-testid=run]'));
  await until(() => performance.getEntriesByName('usable').length > 0);
  run.click();
  await until(() => document.querySelector('[data-testid=result]')?.textContent === '2');
  return performance.now();
}

async function pyodide() {
  const { loadPyodide } = await import('/peer/pyodide.mjs');
  const python = await loadPyodide({ indexURL: '/peer/' });
  if (python.runPython('1 + 1') !== 2) throw new Error('the peer cannot count');
  return performance.now();
}

function sizes() {
  const folder = join(root, 'dist', 'assets');
  const page = readFileSync(join(root, 'dist', 'index.html'), 'utf8');
  for (const name of readdirSync(folder).sort()) {
    if (!['.js', '.wasm'].includes(extname(name))) continue;
    const bytes = readFileSync(join(folder, name));
    const when = page.includes(name) ? 'at once' : 'later';
    const kilobytes = (length) => `${Math.round(length / 1000)} kB`;
    console.log(`|   ${name.replace(/-[\w-]{8}\./, '.')}, ${when} | ${kilobytes(bytes.length)} | gzip ${kilobytes(gzipSync(bytes).length)} | | — |`);
  }
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
