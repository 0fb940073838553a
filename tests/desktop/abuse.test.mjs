// The hostile programs in the real window, through its real commands: each ends in time and says why,
// Stop ends it at once, the next run works, and at the end the window is as it was.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { complaint, hostilePrograms } from '../abuse.mjs';
import { openSession } from './channel.mjs';
import { person } from './person.mjs';
import { children, commandOf, openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'debug', 'monty-playground');
/** What ending a program may take beyond its limit of time. */
const OVERTIME_MS = 1000;
/** The goal is 100; the machine may be shared. */
const STOP_MS = 250;

const stops = [];
let window;
let session;

before(async () => {
  window = await openApp(program);
  session = await openSession(window.browser);
});

after(() => window?.close());

async function andTheNextRunWorks() {
  const { kind, says } = await session.run({ code: '1 + 1' });
  assert.deepEqual({ kind, says }, { kind: 'value', says: '2' });
}

for (const hostile of hostilePrograms('window')) {
  test(hostile.name, { timeout: 60_000 }, async () => {
    const ending = await session.run(hostile.source);
    assert.equal(complaint(hostile, ending), null);
    if (hostile.toStop) assert.ok(ending.ms < hostile.source.limits.timeoutMs + OVERTIME_MS, `took ${ending.ms} ms`);
    await andTheNextRunWorks();
    if (!hostile.toStop) return;
    const stopped = await session.stop(hostile.toStop);
    assert.deepEqual([stopped.kind, stopped.answer], ['cancelled', 'cancelled']);
    stops.push({ name: hostile.name, ms: stopped.ms });
    assert.ok(stopped.ms <= STOP_MS, `Stop took ${stopped.ms} ms`);
    await andTheNextRunWorks();
  });
}

test('after all of them the window answers, and has no more processes than it needs', async (t) => {
  stops.sort((one, other) => other.ms - one.ms);
  const slowest = stops.slice(0, 3).map(({ name, ms }) => `${name} ${ms.toFixed(0)} ms`);
  t.diagnostic(`${stops.length} stops, the slowest: ${slowest.join(', ')}`);
  assert.equal(await window.browser.getTitle(), 'Monty Playground');
  await person(window.browser).writes('6 * 7');
  await person(window.browser).runs();
  assert.equal(await person(window.browser).reads('result'), '42');
  // The sessions of the page for runs and for diagnostics, ours, and a spare process.
  await engines(4);
  await session.close();
  await engines(3);
});

async function engines(most) {
  const alive = () => children(window.app).filter((pid) => commandOf(pid).includes('monty-engine')).length;
  const holds = () => alive() >= 1 && alive() <= most;
  await window.browser.waitUntil(holds, { timeout: 5000, interval: 20, timeoutMsg: `not 1 to ${most} engines` });
}
