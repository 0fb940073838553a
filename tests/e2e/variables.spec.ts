// The variables, in the browser build.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';

import { person } from './person.mjs';

const PROGRAM = `points = [(1, 2), (3, 4)]
config = {'name': 'demo', 'nested': {'deep': 1}}
numbers = list(range(450))
text = 'x' * 5000
count = 0
while True:
    event = el_recv()
    if event == 'quit':
        break
    count += 1
`;

function variablesPage(page: Page) {
  const grid = page.getByTestId('variables');
  const row = (name: string) => grid.getByTestId('variable').filter({ has: page.locator('.text').getByText(name, { exact: true }) });
  return {
    ...person(page),
    grid,
    row,
    moment: page.getByTestId('variables-moment'),
    active: grid.locator('[aria-selected=true]'),
    empty: page.getByTestId('variables-empty'),
    filter: page.getByLabel('Filter the variables'),
    cells: (name: string) => row(name).getByRole('gridcell').allInnerTexts(),
    shows: () => page.getByTestId('dock-variables').click(),
    async starts(code: string) {
      await person(page).writes(code);
      await person(page).starts();
    },
    async dispatches(json: string) {
      await page.getByTestId('dock-events').click();
      await page.getByTestId('event-json').fill(json);
      await page.keyboard.press('Enter');
      await expect(page.getByTestId('dispatched')).toContainText('Dispatched');
      await page.getByTestId('dock-variables').click();
    },
  };
}

test.beforeEach(({ page }) => page.goto('/'));

test('says what will be there, and has the names when a program has ended', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await expect(there.empty).toContainText('The names of the program appear here');
  await there.starts('name = "Ada"\nages = {36, 37}');
  await expect(there.row('name')).toContainText("'Ada'");
  expect((await there.cells('ages')).slice(1)).toEqual(['set', '2', '{36, 37}']);
  await expect(there.moment).toHaveText('2 names, at rest');
});

test('has the names of the moment while a program waits, and marks what changed', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await there.starts(PROGRAM);
  await expect(there.moment).toHaveText('5 names, while el_recv waits');
  await expect(there.row('count')).not.toHaveAttribute('data-mark', /./);
  await there.dispatches('"go"');
  await expect(there.row('count')).toHaveAttribute('data-mark', 'changed');
  await expect(there.row('event')).toHaveAttribute('data-mark', 'new');
  await expect(there.row('points')).not.toHaveAttribute('data-mark', /./);
});

test('has the names at a call that waits for an answer', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await there.starts('before = 1\nanswer = ask("?")');
  await expect(there.moment).toHaveText('1 name, at the call of ask');
  await expect(there.row('before')).toBeVisible();
});

test('opens by keyboard, level by level, and comes back', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await there.starts(PROGRAM);
  await expect(there.row('config')).toBeVisible();
  await there.grid.focus();
  await page.keyboard.press('ArrowDown');
  await expect(there.active).toContainText('config');
  await expect(there.row('config')).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(there.row('config')).toHaveAttribute('aria-expanded', 'true');
  await expect(there.row("['nested']")).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(there.active).toContainText("['nested']");
  await page.keyboard.press('Enter');
  await expect(there.row("['deep']")).toHaveAttribute('aria-level', '3');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await expect(there.active).toContainText("['nested']");
  await page.keyboard.press('ArrowLeft');
  await expect(there.row("['deep']")).toHaveCount(0);
  await page.keyboard.press('Home');
  await expect(there.active).toContainText('points');
});

test('a large list comes in pages, few rows are in the page', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await there.starts(PROGRAM);
  await there.row('numbers').click();
  await expect(there.row('numbers')).toHaveAttribute('aria-expanded', 'true');
  await there.grid.focus();
  for (const loaded of [200, 400]) {
    // The names behind the list are `text` and `count`.
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expect(there.active).toContainText(`${loaded} of 450`);
    await page.keyboard.press('Enter');
    await expect(there.grid).toHaveAttribute('aria-rowcount', loaded === 200 ? '407' : '456');
  }
  expect(await there.grid.getByRole('row').count()).toBeLessThan(80);
});

test('filters, and says so where nothing fits', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await there.starts(PROGRAM);
  await expect(there.row('text')).toBeVisible();
  await there.filter.fill('NUM');
  await expect(there.grid.getByTestId('variable')).toHaveCount(1);
  await there.filter.fill('nowhere');
  await expect(there.empty).toContainText('No name, type or value has “nowhere” in it.');
  await page.keyboard.press('Escape');
  await expect(there.row('text')).toBeVisible();
  await there.seesStatus('Running');
});

test('copies a value', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const there = variablesPage(page);
  await there.shows();
  await there.starts('pair = (1, "two")');
  await expect(there.row('pair')).toBeVisible();
  await there.grid.focus();
  await page.keyboard.press('ControlOrMeta+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("(1, 'two')");
});

test('is not read while a program computes', async ({ page }) => {
  const there = variablesPage(page);
  await there.shows();
  await there.starts('a = 1');
  await expect(there.row('a')).toBeVisible();
  await there.starts('while True: pass');
  await expect(there.moment).toContainText('the program computes now');
  await there.presses('Escape');
  await there.seesStatus('Stopped');
  await expect(there.moment).not.toContainText('computes');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(90_000);
    await page.emulateMedia({ colorScheme });
    const there = variablesPage(page);
    const check = async () => (await new AxeBuilder({ page }).include('section[aria-label=Dock]').analyze()).violations;
    await there.shows();
    expect(await check()).toEqual([]);
    await there.starts(PROGRAM);
    await there.row('points').click();
    await expect(there.row('[1]')).toBeVisible();
    await there.dispatches('"go"');
    await expect(there.row('count')).toHaveAttribute('data-mark', 'changed');
    expect(await check()).toEqual([]);
  });
}
