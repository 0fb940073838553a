// The timeline in the browser build.

import { test } from '@playwright/test';

import { CLICKED, MANY, Recorded, expect } from './recorded';

const open = async (page: ConstructorParameters<typeof Recorded>[0], code: string) => {
  const timeline = new Recorded(page, 'timeline');
  await timeline.open(code);
  return timeline;
};

test('is filled while the program waits, and goes on when it does', async ({ page }) => {
  const timeline = await open(page, CLICKED);
  await expect(page.getByTestId('timeline-empty')).toContainText('Every call');
  await timeline.run();
  await expect(timeline.row(/^dom_on_click\(2\), waiting, Person, line 5/)).toBeVisible();
  await timeline.clickOnStage('Go');
  await expect(timeline.row(/^end/)).toBeVisible();
  await expect(timeline.row(/^dom_on_click\(2\), gave 'clicked', Person, line 5, .* took/)).toBeVisible();
  await expect(timeline.row(/^click on element 2, Person/)).toHaveCount(1);
  await timeline.press('Home');
  await expect(timeline.row(/^dom_text\(2, 'Go'\), gave None, Window, line 3/)).toHaveCount(1);
});

test('is read by keys: a row, its detail, its place in the program', async ({ page }) => {
  const timeline = await open(page, CLICKED);
  await timeline.run();
  await timeline.clickOnStage('Go');
  await expect(timeline.row(/^end/)).toBeVisible();
  await timeline.press('End', 'ArrowUp');
  await expect(timeline.selected).toHaveAccessibleName(/^storage_set\('k', {'a': 5\.0}\), gave None, Engine, line 11/);
  await timeline.press('Enter');
  const detail = page.getByTestId('detail');
  await expect(detail).toContainText('main.py, line 11');
  await expect(detail).toContainText('Its extension');
  await expect(detail.getByTestId('detail-value').first()).toHaveText("['k', {'a': 5.0}]");
  await timeline.press('Escape');
  await expect(detail).toHaveCount(0);
  await timeline.press('Enter', 'Enter');
  await expect(page.getByLabel('Program', { exact: true })).toBeFocused();
  await page.keyboard.insertText('# here ');
  await expect(page.locator('.cm-activeLine')).toHaveText(/^# here storage_set/);
});

test('fetches a large value when it is asked for, and copies all of an entry', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const timeline = await open(page, 'log("x" * 9000)');
  await timeline.run();
  await timeline.row(/^log\('xxx/).click();
  await timeline.press('Enter');
  const value = page.getByTestId('detail-value').first();
  await expect(value).toHaveText(/^\['x{40,100}…$/);
  await page.getByRole('button', { name: /^Show all of it, 8\.8 KB/ }).click();
  await expect(value).toHaveText(/^\['x{9000}'\]$/);
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  await expect(page.getByTestId('detail').getByRole('status').first()).toHaveText('Copied');
  const copied: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied).toMatchObject({ kind: 'call', functionName: 'log', lane: 'extension', range: { start: { line: 1 } } });
});

test('is filtered by lane, function, state and text', async ({ page }) => {
  const timeline = await open(page, CLICKED);
  await timeline.run();
  await timeline.clickOnStage('Go');
  await expect(timeline.row(/^end/)).toBeVisible();
  const hits = page.getByTestId('hits');
  await page.getByTestId('lane-window').click();
  // Five calls that draw, and the settings that the window has told.
  await expect(timeline.rows).toHaveCount(6);
  await page.getByTestId('filter-state').selectOption('error');
  await expect(timeline.rows).toHaveCount(1);
  await expect(timeline.rows).toHaveAccessibleName(/^dom_text\(9999, 'no'\), ValueError/);
  await expect(hits).toHaveText(/^1 of \d\d$/);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByTestId('filter-function').fill('storage_');
  await expect(timeline.rows).toHaveCount(1);
  await page.getByTestId('filter-text').fill('absent');
  await expect(page.getByTestId('timeline')).toContainText('No entry of this run fits the filters.');
});

test('hides waiting, shows earlier runs, and records nothing where it is told to', async ({ page }) => {
  const timeline = await open(page, CLICKED);
  await timeline.run();
  await expect(timeline.row(/waiting/)).toBeVisible();
  await expect(page.getByTestId('collapse')).toBeVisible();
  await timeline.clickOnStage('Go');
  await expect(timeline.row(/^end/)).toBeVisible();
  await page.getByTestId('collapse').click();
  await expect(page.getByTestId('timeline')).toContainText('without waiting');
  await page.getByTestId('recording').click();
  await expect(page.getByTestId('recording')).toHaveAttribute('aria-checked', 'false');
  const before = await timeline.list.getAttribute('data-count');
  await timeline.run();
  await timeline.clickOnStage('Go');
  await expect(page.getByTestId('run')).toContainText('Run');
  await page.getByTestId('recording').click();
  await expect(page.getByTestId('recording')).toHaveAttribute('aria-checked', 'true');
  await timeline.run();
  await timeline.clickOnStage('Go');
  await expect(page.getByTestId('runs').locator('option')).toHaveCount(2);
  await page.getByTestId('runs').selectOption({ index: 1 });
  await expect(timeline.list).not.toHaveAttribute('data-count', '0');
  expect(Number(await timeline.list.getAttribute('data-count'))).toBeGreaterThanOrEqual(Number(before));
});

test('does not hold up Stop, nor an answer', { tag: '@alone' }, async ({ page }) => {
  const timeline = await open(page, 'while True:\n    pass');
  await timeline.run();
  await expect(page.getByTestId('live')).toContainText('Running');
  const began = Date.now();
  await page.getByTestId('run').click();
  await expect(page.getByTestId('run')).toContainText('Run');
  expect(Date.now() - began).toBeLessThan(3000);
  await expect(timeline.row(/^end, stopped/)).toBeVisible();
});

test('a hundred thousand entries scroll without stutter', { tag: '@alone' }, async ({ page }) => {
  test.setTimeout(120_000);
  const timeline = await open(page, MANY);
  await timeline.run();
  await expect(page.getByTestId('hits')).toHaveText('100,003 entries', { timeout: 60_000 });
  for (const step of ['smooth', 'jumps'] as const) {
    const { median, p95, most } = await timeline.scroll(step);
    console.log(`timeline, ${step}: median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, at most ${most} rows`);
    expect(most).toBeLessThan(80);
    // A frame takes 16.7 ms; the machine may have other things to do.
    expect(median).toBeLessThan(34);
  }
  await page.getByTestId('filter-text').fill('storage_has');
  await expect(page.getByTestId('hits')).toHaveText('50,000 of 100,003');
});

test('axe has nothing against it', async ({ page }) => {
  test.setTimeout(120_000);
  const timeline = await open(page, CLICKED);
  expect(await timeline.complaints()).toEqual([]);
  await timeline.run();
  await expect(timeline.row(/waiting/)).toBeVisible();
  await timeline.clickOnStage('Go');
  await expect(timeline.row(/^end/)).toBeVisible();
  await timeline.press('End', 'ArrowUp', 'Enter');
  await expect(page.getByTestId('detail-value').first()).toBeVisible();
  expect(await timeline.complaints()).toEqual([]);
});
