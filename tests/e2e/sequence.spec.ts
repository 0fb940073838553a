// The sequence of calls in the browser build.

import { test } from '@playwright/test';

import { CLICKED, MANY, Recorded, expect } from './recorded';

test('is drawn while the program waits, and goes on when it does', async ({ page }) => {
  const sequence = new Recorded(page, 'sequence');
  await sequence.open(CLICKED);
  await expect(page.getByTestId('sequence-empty')).toContainText('are drawn here');
  await sequence.run();
  const waiting = sequence.row(/^Python to Person: dom_on_click\(2\), waiting, line 5/);
  await expect(waiting).toBeVisible();
  // How long it has lasted goes on, in the diagram and in the detail.
  await expect(waiting).toContainText(/waits [1-9]\d*\.\d s/);
  await waiting.click();
  await sequence.press('Enter');
  await expect(page.getByTestId('detail').getByRole('definition').filter({ hasText: /^\d+\.\d s$/ })).toBeVisible();
  await sequence.clickOnStage('Go');
  await expect(sequence.row(/^Python: end/)).toBeVisible();
  await expect(page.getByTestId('detail')).toContainText(/Took\s*\d/);
  await page.getByLabel('Close detail').click();
  await expect(sequence.row(/^Window answers Python: ValueError/)).toBeVisible();
  await expect(sequence.row(/^Person answers Python: 'clicked'/)).toContainText(/took \d.*s/);
  const steps = await sequence.rows.evaluateAll((steps) => steps.map((step) => step.getAttribute('aria-label') ?? ''));
  const at = (words: RegExp) => steps.findIndex((step) => words.test(step));
  const order = [/^Python to Engine: log/, /^Engine answers Python: None, to log/, /^Python to Window: dom_text\(9999/, /^Python: prints caught/, /^Python: end/].map(at);
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test('draws who waits for whom: the click before its answer', async ({ page }) => {
  const sequence = new Recorded(page, 'sequence');
  await sequence.open(CLICKED);
  await sequence.run();
  await sequence.clickOnStage('Go');
  await expect(sequence.row(/^Python: end/)).toBeVisible();
  await sequence.press('Home', 'PageDown', 'PageDown');
  const click = sequence.row(/^Person to Window: click on element 2/);
  const answer = sequence.row(/^Person answers Python: 'clicked', to dom_on_click, line 5, after/);
  await expect(click).toBeAttached();
  await expect(answer).toBeAttached();
  const [above, below] = [await click.boundingBox(), await answer.boundingBox()];
  expect(above?.y).toBeLessThan(below?.y ?? 0);
});

test('has the selection of the timeline, and its detail', async ({ page }) => {
  const sequence = new Recorded(page, 'sequence');
  await sequence.open(CLICKED);
  await sequence.run();
  await sequence.clickOnStage('Go');
  await expect(sequence.row(/^Python: end/)).toBeVisible();
  await sequence.press('End', 'ArrowUp', 'ArrowUp');
  await expect(sequence.selected).toHaveAccessibleName(/^Python to Engine: storage_set/);
  await sequence.press('Enter');
  await expect(page.getByTestId('detail')).toContainText('storage_set()');
  await sequence.show('timeline');
  await expect(page.getByTestId('timeline-list').getByRole('option', { selected: true })).toHaveAccessibleName(/^storage_set/);
});

test('a hundred thousand calls are drawn as far as they are seen', { tag: '@alone' }, async ({ page }) => {
  test.setTimeout(120_000);
  const sequence = new Recorded(page, 'sequence');
  await sequence.open(MANY);
  await sequence.run();
  // Each call has two steps; settings, run and end have one.
  await expect(sequence.list).toHaveAttribute('data-count', '200003', { timeout: 60_000 });
  for (const step of ['smooth', 'jumps'] as const) {
    const { median, p95, most } = await sequence.scroll(step);
    console.log(`sequence, ${step}: median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, at most ${most} steps`);
    expect(most).toBeLessThan(80);
    expect(median).toBeLessThan(34);
  }
});

test('axe has nothing against it', async ({ page }) => {
  test.setTimeout(120_000);
  const sequence = new Recorded(page, 'sequence');
  await sequence.open(CLICKED);
  expect(await sequence.complaints()).toEqual([]);
  await sequence.run();
  await sequence.clickOnStage('Go');
  await expect(sequence.row(/^Python: end/)).toBeVisible();
  await sequence.press('End', 'ArrowUp');
  expect(await sequence.complaints()).toEqual([]);
});
