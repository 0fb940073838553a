/* global document, requestAnimationFrame -- what is handed to `evaluate` runs in the page */

// The stage: 100 000 operations from Python to the screen, in the window and in Chromium, with Pyodide
// doing the same in the same Chromium.

import { join } from 'node:path';

import { watched } from '../tests/frames.mjs';
import { person as inBrowser } from '../tests/e2e/person.mjs';
import { person as inWindow } from '../tests/desktop/person.mjs';
import { openApp } from '../tests/desktop/window.mjs';
import { installPyodide, openChromium, serve } from './bench-browser.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const ELEMENTS = 33_333;
const OPERATIONS = 3 * ELEMENTS;

const OURS = `box = dom_create('div')
dom_append(dom_root(), box)
for i in range(${ELEMENTS}):
    e = dom_create('p')
    dom_text(e, str(i))
    dom_append(box, e)
'built'`;
const PEERS = `from js import document
box = document.createElement('div')
document.body.appendChild(box)
for i in range(${ELEMENTS}):
    e = document.createElement('p')
    e.textContent = str(i)
    box.appendChild(e)
`;

export async function benchStage(target) {
  const peer = installPyodide();
  const { address, close } = await serve(peer);
  const browser = await openChromium();
  try {
    const taken = { ours: [], cold: [], peer: [], gap: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      taken.cold.push((await ours(browser, address, false)).painted);
      const { painted, gap } = await ours(browser, address, true);
      taken.ours.push(painted);
      taken.gap.push(gap);
      if (peer) taken.peer.push(await pyodide(browser, address));
    }
    const [ms, other] = [median(taken.ours), peer ? median(taken.peer) : NaN];
    row('stage in Chromium: 100 000 operations to the screen, Pyodide', rate(ms), rate(other), (other / ms).toFixed(2), '> 1');
    const cold = median(taken.cold);
    row('  the same at once, before the page has warmed its module up', rate(cold), rate(other), (other / cold).toFixed(2), '—');
    row('  the page answers meanwhile within', `${median(taken.gap)} ms`, '—', '', '≤ 100 ms');
  } finally {
    await browser.close();
    close();
  }
  const figures = { painted: [], gap: [], bare: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { painted, gap, bare } = await window(join(target, 'monty-playground'));
    figures.painted.push(painted);
    figures.gap.push(gap);
    figures.bare.push(bare);
  }
  const [inWindow, bare] = [median(figures.painted), median(figures.bare)];
  row('stage in the window: 100 000 operations to the screen, a script of the page itself', rate(inWindow), rate(bare), (bare / inWindow).toFixed(2), '≥ 300 000/s');
  row('  the window answers meanwhile within', `${median(figures.gap)} ms`, '—', '', '≤ 100 ms');
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

function rate(ms) {
  return Number.isFinite(ms) ? `${Math.round(ms)} ms (${Math.round(OPERATIONS / ms)} 000/s)` : '—';
}

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

/** `warm`: somebody has read the page, or loaded Pyodide, in the meantime. */
async function ours(browser, address, warm) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    const somebody = inBrowser(page);
    await somebody.writes(OURS);
    if (warm) await page.waitForFunction(() => performance.getEntriesByName('warm').length > 0);
    await page.evaluate(watched);
    await page.getByTestId('run').click();
    await somebody.sees('result', /built/);
    return await page.evaluate(settled);
  } finally {
    await page.close();
  }
}

/** Runs in the page: waits until nothing more is painted, and tells how long it took. */
async function settled() {
  const at = (name) => performance.getEntriesByName(name).at(-1)?.startTime ?? 0;
  for (let before = -1; before !== at('painted'); ) {
    before = at('painted');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  clearInterval(globalThis.watching);
  return { painted: at('painted') - at('run'), gap: Math.round(globalThis.longest) };
}

/** Runs in the window: the same without Python, a frame or a process, in a box over everything else. */
function made(elements, done) {
  const began = performance.now();
  const box = document.createElement('div');
  box.style.cssText = 'position: fixed; inset: 0; z-index: 99; overflow: auto; background: Canvas';
  document.body.append(box);
  for (let count = 0; count < elements; count += 1) {
    const element = document.createElement('p');
    element.textContent = String(count);
    box.appendChild(element);
  }
  requestAnimationFrame(() =>
    setTimeout(() => {
      done(performance.now() - began);
      box.remove();
    }, 0),
  );
}

async function pyodide(browser, address) {
  const page = await browser.newPage();
  try {
    await page.goto(`${address}/peer.html`);
    return await page.evaluate(async (code) => {
      const { loadPyodide } = await import('/peer/pyodide.mjs');
      const python = await loadPyodide({ indexURL: '/peer/' });
      python.runPython('from js import document');
      const began = performance.now();
      python.runPython(code);
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      return performance.now() - began;
    }, PEERS);
  } finally {
    await page.close();
  }
}

async function window(program) {
  const opened = await openApp(program);
  const { browser } = opened;
  try {
    const somebody = inWindow(browser);
    await somebody.writes(OURS);
    await browser.execute(watched);
    await browser.$('[data-testid="run"]').click();
    await somebody.sees('result', /built/);
    const told = await browser.executeAsync(`const done = arguments[0]; (${settled})().then(done)`);
    return { ...told, bare: await browser.executeAsync(made, ELEMENTS) };
  } finally {
    await opened.close();
  }
}
