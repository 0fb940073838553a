// The hostile programs in the browser build: each ends in time and says why, and the next run works.

import { expect, type Page, test } from '@playwright/test';

import { complaint, hostilePrograms } from '../abuse.mjs';
import { openSession } from './host.mjs';
import { person } from './person.mjs';

/** What the page may take beyond a limit of time until it ends the program's worker, and then some. */
const OVERTIME_MS = 2000;
/** The goal is 100; the machine may be shared. */
const STOP_MS = 250;

const programs = hostilePrograms('browser');
const stops: { name: string; ms: number }[] = [];
let page: Page;
let session: Awaited<ReturnType<typeof openSession>>;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto('/');
  session = await openSession(page);
});

test.afterAll(() => page.close());

async function andTheNextRunWorks() {
  const { kind, says } = await session.run({ code: '1 + 1' });
  expect(`${kind} ${says}`).toBe('value 2');
}

for (const program of programs) {
  test(program.name, { tag: '@alone' }, async () => {
    const ending = await session.run(program.source);
    expect(complaint(program, ending)).toBeNull();
    if (program.toStop) expect(ending.ms).toBeLessThan(program.source.limits.timeoutMs + OVERTIME_MS);
    await andTheNextRunWorks();
    if (!program.toStop) return;
    const stopped = await session.stop(program.toStop);
    expect(stopped.kind).toBe('cancelled');
    stops.push({ name: program.name, ms: stopped.ms });
    expect(stopped.ms).toBeLessThanOrEqual(STOP_MS);
    await andTheNextRunWorks();
  });
}

test('after all of them the page still answers', { tag: '@alone' }, async () => {
  stops.sort((one, other) => other.ms - one.ms);
  const slowest = stops.slice(0, 3).map(({ name, ms }) => `${name} ${ms.toFixed(0)} ms`);
  console.log(`${stops.length} stops, the slowest: ${slowest.join(', ')}`);
  await person(page).writes('6 * 7');
  await person(page).runs();
  expect(await person(page).reads('result')).toBe('42');
  await session.close();
  // What is left is the page's own two sessions, for runs and for diagnostics, and a spare worker.
  await expect.poll(() => page.workers().length).toBeLessThanOrEqual(3);
});
