// The window beside an empty Tauri app: from the start of the process to something one can use, and
// the memory of all its processes. Both are driven the same way, in turn.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { children, openWindow } from '../tests/desktop/window.mjs';

const ROUNDS = 9;
const TICKS_PER_SECOND = 100;

export async function benchWindow(target) {
  const programs = { ours: join(target, 'monty-playground'), peer: join(target, 'examples', 'empty') };
  const taken = { ours: [], peer: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, program] of Object.entries(programs)) taken[name].push(await measure(program));
  }
  const median = (name, what) => taken[name].map((figures) => figures[what]).sort((a, b) => a - b)[ROUNDS >> 1];
  row('window: start to usable editor, empty Tauri app', median('ours', 'start'), median('peer', 'start'), 'ms', '≤ 1.3');
  row('window: start to the first picture, empty Tauri app', median('ours', 'picture'), median('peer', 'picture'), 'ms', '—');
  row('window: memory of all processes, empty Tauri app', median('ours', 'memory'), median('peer', 'memory'), 'MB', '—');
}

function row(what, ours, peer, unit, goal) {
  console.log(`| ${what} | ${ours} ${unit} | ${peer} ${unit} | ${(ours / peer).toFixed(2)} | ${goal} |`);
}

async function measure(program) {
  const window = await openWindow(program);
  try {
    const at = (name) => window.browser.execute((name) => {
      const found = performance.getEntriesByName(name)[0];
      return found ? performance.timeOrigin + found.startTime : null;
    }, name);
    // Not asked before it is there: each question holds up a page that is being built.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await window.browser.waitUntil(async () => (await at('usable')) !== null, { timeout: 20_000 });
    const since = (time) => Math.round(time - startedAt(window.app));
    return { start: since(await at('usable')), picture: since(await at('first-contentful-paint')), memory: Math.round(memory(window.app)) };
  } finally {
    await window.close();
  }
}

/** When a process started, in ms of the epoch; the kernel counts hundredths of a second. */
function startedAt(pid) {
  const ticks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19]);
  const boot = Number(/btime (\d+)/.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  // `btime` is whole seconds; now minus the time that the machine is up is finer.
  const exact = Date.now() - uptime * 1000;
  return (Math.abs(exact - boot * 1000) < 2000 ? exact : boot * 1000) + (ticks / TICKS_PER_SECOND) * 1000;
}

/** Proportional memory of a process and all below it, in MB; nothing of one that has just ended. */
export function memory(pid) {
  return children(pid).reduce((sum, child) => sum + memory(child), share(pid));
}

function share(pid) {
  try {
    return Number(/Pss:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
