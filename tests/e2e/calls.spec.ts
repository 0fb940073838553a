// Calls that somebody answers by hand, and questions of a program, in the browser build.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';

import { person } from './person.mjs';

/** The functions that the programs of these tests call. */
const POLICY = {
  functions: [
    { name: 'ask', about: 'Asks a person.', params: [{ name: 'question', type: 'string', default: null }], returns: 'string' },
    { name: 'measure', about: '', params: [], returns: 'number' },
    { name: 'load', about: '', params: [{ name: 'key', type: 'any', default: null }], returns: 'any' },
  ],
  permissions: { dom_create: 'ask' },
};

function desk(page: Page) {
  const card = page.getByTestId('call');
  const ask = page.getByTestId('asks');
  return {
    card,
    ask,
    open: page.getByRole('region', { name: 'Open calls' }),
    field: card.getByRole('textbox', { name: /^Answer to/ }),
    preview: card.getByTestId('preview'),
    result: page.getByTestId('result'),
    button: (name: string | RegExp) => card.getByRole('button', { name }),
    choose: (name: string) => card.getByText(name, { exact: true }).click(),
    async starts(code: string) {
      await person(page).writes(code);
      await page.keyboard.press('ControlOrMeta+Enter');
    },
    async answers(text: string) {
      await expect(this.field).toBeFocused();
      await page.keyboard.insertText(text);
      await page.keyboard.press('ControlOrMeta+Enter');
    },
  };
}

test.beforeEach(async ({ page }) => {
  const kept = JSON.stringify({ version: 1, programs: [{ name: 'main.py', code: '' }], active: 0, policy: POLICY });
  await page.addInitScript((json) => {
    if (!localStorage.getItem('monty-playground.workspace')) localStorage.setItem('monty-playground.workspace', json);
  }, kept);
  await page.goto('/');
  await page.getByTestId('run').waitFor();
});

test('a call is answered by keyboard alone, one after the other', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('[ask(question) for question in ("Name?", "Town?")]');
  await expect(calls.card).toContainText(/ask.*→ str.*Line 1.*question.*'Name\?'/s);
  await expect(calls.field).toBeFocused();
  await page.keyboard.insertText(`An'na`);
  await expect(calls.preview).toHaveText(/Python sees\s+"An'na"/);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(calls.card).toContainText("'Town?'");
  await calls.answers('Rome');
  await expect(calls.result).toHaveText(`["An'na", 'Rome']`);
  await expect(calls.card).toHaveCount(0);
  await expect(page.getByLabel('Program', { exact: true })).toBeFocused();
});

test('an answer that the engine refuses is told at the field, and nothing typed is lost', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('ask("?")');
  await calls.choose('JSON');
  await calls.field.fill('5');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(calls.preview).toHaveText('ask() gives str, not int');
  await expect(calls.field).toHaveValue('5');
  await calls.field.fill('"5"');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(calls.result).toHaveText("'5'");
});

test('a value in JSON says where it is wrong, and Python gets it exactly', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('repr(load(1))');
  await calls.field.fill('[5.0, True]');
  await expect(calls.preview).toHaveText('JSON says true where Python says True (column 7).');
  const json = '[5.0, 5, 12345678901234567890, 1e16, "a\\u200b\'", {"$bytes": "AP8="}, {"k": null}]';
  await calls.field.fill(json);
  const repr = `[5.0, 5, 12345678901234567890, 1e+16, "a\\u200b'", b'\\x00\\xff', {'k': None}]`;
  await expect(calls.preview).toContainText(repr);
  await page.keyboard.press('ControlOrMeta+Enter');
  const shown = await calls.result.textContent();
  // The result is the repr of that text.
  expect(shown).toContain('12345678901234567890');
  expect(shown?.replaceAll('\\\\', '\\').replaceAll("\\'", "'").slice(1, -1)).toBe(repr);
});

test('a call can have an error, or no function behind it', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('try:\n    ask("?")\nexcept TimeoutError as error:\n    print("caught", error)\nask("again")');
  await calls.choose('Error');
  await calls.card.getByLabel('Type of the error').fill('Nope');
  await calls.card.getByLabel('Message of the error').fill('too late');
  await calls.button(/^Raise/).click();
  await expect(calls.preview).toContainText('"Nope" is no exception type');
  await expect(calls.card.getByLabel('Message of the error')).toHaveValue('too late');
  await calls.card.getByLabel('Type of the error').fill('TimeoutError');
  await page.keyboard.press('Enter');
  await expect(calls.card).toContainText("'again'");
  await expect(page.getByTestId('console')).toContainText('caught too late');
  await calls.button('Reject').click();
  await expect(page.getByTestId('error')).toContainText("name 'ask' is not defined");
});

test('calls are left open, and answered in any order', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('import asyncio\nasync def both():\n    return await asyncio.gather(load("a"), load("b"))\nawait both()');
  await expect(calls.card).toContainText('It stands in a gather');
  await expect(calls.field).toBeFocused();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(calls.card).toContainText("'b'");
  await calls.button('Later').click();
  await expect(calls.open.getByRole('button')).toHaveText([/load\('a'\)/, /load\('b'\)/]);
  await calls.open.getByRole('button', { name: /'b'/ }).click();
  await calls.field.fill('2');
  await calls.button(/^Answer/).click();
  await expect(calls.open.getByRole('button')).toHaveText([/load\('a'\)/]);
  await calls.field.fill('1');
  await calls.button(/^Answer/).click();
  await expect(calls.result).toHaveText('[1, 2]');
});

test('an answer is kept: as a chip, and as a rule from the next run on', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('measure() + measure()');
  await calls.answers('2');
  await calls.button('Use 2 again').click();
  await expect(calls.field).toHaveValue('2');
  await calls.button('Always answer so').click();
  await expect(calls.result).toHaveText('4');
  await page.reload();
  await page.getByTestId('run').click();
  await expect(calls.result).toHaveText('4');
  await expect(calls.card).toHaveCount(0);
});

test('the line of a call is shown in the editor', async ({ page }) => {
  const calls = desk(page);
  await calls.starts(`${'x = 1\n'.repeat(80)}ask("far")`);
  await calls.button('Line 81').click();
  await expect(page.locator('.cm-line', { hasText: 'ask("far")' })).toBeInViewport();
});

test('Escape stops the program, also from the card', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('ask("?")');
  await expect(calls.field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('stopped')).toBeVisible();
  await expect(calls.card).toHaveCount(0);
});

test('a permission can hold from the next run on', async ({ page }) => {
  const calls = desk(page);
  await calls.starts('dom_create("p") > 0');
  await expect(calls.ask).toContainText(/wants to call.*dom_create.*'p'/s);
  await calls.ask.getByRole('button', { name: 'Allow always' }).click();
  await expect(calls.result).toHaveText('True');
  await page.getByTestId('run').click();
  await expect(calls.result).toHaveText('True');
  await expect(calls.ask).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`cards have no barriers that axe finds, in the ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const calls = desk(page);
    await calls.starts('ask("x" * 400)\ndom_create("p")');
    await expect(calls.card).toBeVisible();
    const check = async (part: string) => {
      const { violations } = await new AxeBuilder({ page }).include(part).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    };
    await check('[data-testid=calls]');
    await calls.choose('Error');
    await calls.card.getByLabel('Type of the error').fill('no name');
    await check('[data-testid=calls]');
    await calls.choose('Value');
    await calls.button(/^Answer/).click();
    await expect(calls.ask).toBeVisible();
    await check('[data-testid=asks]');
  });
}
