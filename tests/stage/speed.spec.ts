// How fast the frame paints. The figures are printed; the bounds are loose, for slow machines.

import { expect, test } from '@playwright/test';

import { openStage } from './harness';

for (const size of [500, 5000]) {
  test(`33 000 elements in batches of ${size}`, async ({ page }) => {
    const { frame } = await openStage(page);
    const figures = await page.evaluate(async (size) => {
      const { stage, paint } = globalThis.harness;
      await paint([{ op: 'reset', root: { handle: 1, tag: 'div' } }]);
      const total = 33_000;
      const batches = [];
      for (let at = 0; at < total; at += size) {
        batches.push(
          Array.from({ length: Math.min(size, total - at) }, (_, index) => ({
            op: 'append' as const,
            parent: 1,
            element: { handle: 2 + at + index, tag: 'div', children: [`element ${at + index}`] },
          })),
        );
      }
      const last = batches.pop();
      const began = performance.now();
      for (const batch of batches) stage.take(batch);
      const posted = performance.now() - began;
      await paint(last ?? []);
      const painted = performance.now() - began;

      // The same elements, made by the page itself: what the browser takes at least.
      const bare = document.body.appendChild(document.createElement('div'));
      bare.style.cssText = 'position: absolute; inset: 0; overflow: auto; font: 14px/1.5 system-ui';
      const from = performance.now();
      for (let index = 0; index < total; index += 1) bare.appendChild(document.createElement('div')).textContent = `element ${index}`;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      return { posted, painted, bare: performance.now() - from };
    }, size);
    await expect(frame.locator('div > div').last()).toHaveText('element 32999');
    const round = (ms: number) => Math.round(ms);
    console.log(
      `33 000 appends in batches of ${size}: posted in ${round(figures.posted)} ms, painted after ${round(figures.painted)} ms ` +
        `(${round((33_000 / figures.painted) * 1000)} a second; made by the page itself: ${round(figures.bare)} ms)`,
    );
    expect(figures.painted).toBeLessThan(Math.max(1000, 4 * figures.bare));
  });
}

test('text and styles that change at every batch', async ({ page }) => {
  await openStage(page);
  const figures = await page.evaluate(async () => {
    const { stage, paint } = globalThis.harness;
    await paint([{ op: 'reset', root: { handle: 1, tag: 'div', children: [{ handle: 2, tag: 'p', children: ['0'] }] } }]);
    const patches = Array.from({ length: 100_000 }, (_, index) =>
      index % 2
        ? { op: 'children' as const, handle: 2, children: [`${index}`] }
        : { op: 'style' as const, handle: 2, name: 'color', value: index % 4 ? 'red' : 'blue' },
    );
    const began = performance.now();
    await paint(patches);
    const all = performance.now() - began;
    const single: number[] = [];
    for (let round = 0; round < 100; round += 1) {
      const from = performance.now();
      await paint([{ op: 'children', handle: 2, children: [`${round}`] }]);
      single.push(performance.now() - from);
    }
    single.sort((a, b) => a - b);
    return { all, applied: stage.paintMs, single: single[50] ?? 0 };
  });
  console.log(
    `100 000 changes in one batch: painted after ${Math.round(figures.all)} ms, ${Math.round(1e8 / figures.all)} a second; ` +
      `one change alone: painted after ${figures.single.toFixed(1)} ms (median)`,
  );
  expect(figures.all).toBeLessThan(4000);
});
