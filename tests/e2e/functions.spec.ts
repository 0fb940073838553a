// The panel of functions, in the browser build.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';

import { person } from './person.mjs';

function panel(page: Page) {
  const functions = page.getByTestId('functions');
  const editor = page.getByTestId('own-editor');
  return {
    functions,
    editor,
    result: page.getByTestId('result'),
    error: page.getByTestId('error'),
    problem: page.getByTestId('catalog-problem'),
    row: (name: string) => functions.locator(`[data-function="${name}"]`),
    section: (name: string | RegExp) => functions.getByRole('button', { name, expanded: false }),
    async shows(name: string) {
      await this.row(name).getByRole('button', { expanded: false }).click();
    },
    permit: (what: string, permission: string) =>
      functions.getByRole('radiogroup', { name: `Permission of ${what}`, exact: true }).getByText(permission).click(),
    async runs(code: string) {
      await person(page).writes(code);
      await person(page).runs();
    },
    /** What was copied last. */
    copied: () => page.evaluate(() => navigator.clipboard.readText()),
  };
}

test.beforeEach(async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await page.getByTestId('run').waitFor();
  await page.keyboard.press('Alt+2');
  await page.getByTestId('functions').getByRole('button', { name: /^dom/ }).waitFor();
});

test('functions stand by namespace and are found by name and description', async ({ page }) => {
  const { functions, row, section } = panel(page);
  await expect(row('ask')).toContainText('(question: str) -> str');
  await expect(row('dom_create')).toHaveCount(0);
  await section(/^dom/).click();
  await expect(row('dom_create')).toContainText('(tag: str = "div") -> int');
  await functions.getByLabel('Find a function').fill('asks yes');
  await expect(functions.locator('[data-function]')).toHaveCount(1);
  await expect(row('confirm')).toBeVisible();
  await functions.getByLabel('Find a function').fill('no such thing');
  await expect(functions).toContainText('No function has that in its name or description.');
});

test('a function is declared, called, renamed with its rule, and deleted', async ({ page }) => {
  const { functions, editor, row, runs, result, error } = panel(page);
  await functions.getByLabel('Declare a function').click();
  await page.keyboard.type('dom_mine');
  await expect(editor).toContainText('The name belongs to the extension dom.');
  await editor.getByLabel('Name', { exact: true }).fill('weather');
  await editor.getByRole('button', { name: 'Add a parameter' }).click();
  await editor.getByLabel('Name of parameter 1').fill('town');
  await editor.getByLabel('Type of parameter 1').selectOption('string');
  await editor.getByLabel('Default of parameter 1, in JSON').fill('5');
  await editor.getByRole('button', { name: 'Declare' }).click();
  await expect(editor).toContainText('Default: it has to be str, not int.');
  await expect(editor.getByLabel('Name of parameter 1')).toBeFocused();
  await editor.getByLabel('Default of parameter 1, in JSON').fill('"Rome"');
  await editor.getByLabel('Gives').selectOption('number');
  await editor.getByRole('button', { name: 'Declare' }).click();
  await expect(editor).toHaveCount(0);
  await row('weather').getByLabel('Answered').selectOption('rule');
  await row('weather').getByLabel('Value of the rule for weather').fill('21.50');
  await runs('weather()');
  await expect(result).toHaveText('21.5');

  await row('weather').getByRole('button', { name: 'Edit' }).click();
  await editor.getByLabel('Name', { exact: true }).fill('climate');
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(row('climate')).toContainText('rule');
  await runs('climate("Oslo")');
  await expect(result).toHaveText('21.5');

  await row('climate').getByRole('button', { name: 'Delete…' }).click();
  await row('climate').getByRole('button', { name: 'Delete climate with its rule' }).click();
  await expect(row('climate')).toHaveCount(0);
  await runs('climate()');
  await expect(error).toContainText("name 'climate' is not defined");
});

test('a rule fails each second call of an extension', async ({ page }) => {
  const { section, row, runs, result } = panel(page);
  await section(/^host/).click();
  await panel(page).shows('now');
  await row('now').getByLabel('Answered').selectOption('rule');
  await row('now').getByText('Error', { exact: true }).click();
  await row('now').getByLabel('Message of the error').fill('no clock');
  await row('now').getByLabel('Fail every').fill('0');
  await expect(row('now')).toContainText('Enter a whole number from 1 on.');
  await row('now').getByLabel('Fail every').fill('2');
  await row('now').getByLabel('Give the others a value').check();
  await row('now').getByLabel('Value of the other calls').fill('noon');
  await runs('seen = []\nfor turn in range(4):\n    try:\n        seen.append(now())\n    except ValueError as error:\n        seen.append(str(error))\nseen');
  await expect(result).toHaveText("['noon', 'no clock', 'noon', 'no clock']");
});

test('the strictest permission holds, and says so', async ({ page }) => {
  const { section, row, permit, runs, error } = panel(page);
  await section(/^dom/).click();
  await permit('dom_*', 'Deny');
  await panel(page).shows('dom_create');
  await expect(row('dom_create')).toContainText('dom_* says deny, which is stricter and holds.');
  await runs('dom_create("p")');
  await expect(error).toContainText('PermissionError');
  await permit('dom_*', 'Allow');
  await section('System calls').click();
  await permit('Path.', 'Deny');
  await runs('from pathlib import Path\nPath("/tmp").exists()');
  await expect(error).toContainText('PermissionError');
});

test('a call too many in a run raises, by a limit of its function and by one of a pattern', async ({ page }) => {
  const { functions, section, row, runs, result, error } = panel(page);
  await section(/^host/).click();
  await panel(page).shows('now');
  await row('now').getByLabel('Calls in a run').fill('two');
  await expect(row('now')).toContainText('Enter a whole number of calls, or nothing for no limit.');
  await row('now').getByLabel('Calls in a run').fill('2');
  await expect(row('now').getByTitle('At most 2 calls in a run, by now')).toBeVisible();
  await runs('now()\nnow()\nnow()');
  await expect(error).toContainText('RuntimeError');
  await expect(error).toContainText('now() may be called 2 times in a run (rule "now")');
  await expect(error).toContainText('line 3');

  await section(/^Limits of calls/).click();
  await functions.getByLabel('New limit of calls', { exact: true }).fill('dmo_*');
  await expect(functions).toContainText('No function begins so.');
  await functions.getByLabel('New limit of calls', { exact: true }).fill('dom_*');
  await functions.getByRole('button', { name: 'Add the limit of calls' }).click();
  await expect(functions).toContainText('Enter how many calls there may be in a run, such as 10.');
  await functions.getByLabel('Value of the new limit of calls').fill('1');
  await functions.getByRole('button', { name: 'Add the limit of calls' }).click();
  await expect(functions.getByLabel('Value of dom_*')).toHaveValue('1');
  await runs('dom_create("p")\ndom_create("b")');
  await expect(error).toContainText('dom_create() may be called 1 times in a run (rule "dom_*")');
  await functions.getByLabel('Value of dom_*').fill('');
  await expect(functions.getByRole('alert')).toHaveText('Enter how many calls there may be in a run, such as 10.');
  await functions.getByLabel('Value of dom_*').fill('0');
  await runs('dom_create("p")');
  await expect(error).toContainText('dom_create() may be called 0 times in a run');

  // They are kept: another page finds them, and Python hears of them.
  await page.reload();
  await section(/^Limits of calls/).click();
  await expect(functions.getByLabel('Value of now')).toHaveValue('2');
  await functions.getByRole('button', { name: 'Remove dom_*' }).click();
  await functions.getByRole('button', { name: 'Remove now' }).click();
  await runs('[now() and dom_create("p") for turn in range(3)]\n7');
  await expect(result).toHaveText('7');
});

test('variables are what os.environ holds', async ({ page }) => {
  const { functions, section, runs, result } = panel(page);
  await section(/^Environment/).click();
  await functions.getByLabel('New variable', { exact: true }).fill('A=B');
  await functions.getByRole('button', { name: 'Add the variable' }).click();
  await expect(functions).toContainText('A name has no = in it.');
  await functions.getByLabel('New variable', { exact: true }).fill('TOWN');
  await functions.getByLabel('Value of the new variable').fill('Rome');
  await page.keyboard.press('Enter');
  await runs('import os\nos.environ["TOWN"]');
  await expect(result).toHaveText("'Rome'");
  await functions.getByRole('button', { name: 'Remove TOWN' }).click();
  await runs('import os\nos.getenv("TOWN")');
  await expect(result).toHaveText('None');
});

test('stub, prompt text and schemas are copied', async ({ page }) => {
  const { functions, row, copied } = panel(page);
  await functions.getByRole('button', { name: 'Copy stub' }).click();
  await expect.poll(copied).toContain('def ask(question: str) -> str:');
  await functions.getByRole('button', { name: 'Copy prompt text' }).click();
  await expect.poll(copied).toContain('## dom');
  await functions.getByRole('button', { name: 'Copy JSON Schema' }).click();
  await expect.poll(async () => JSON.parse(await copied()).map(({ name }: { name: string }) => name)).toContain('ask');
  await panel(page).shows('ask');
  await row('ask').getByText('JSON Schema', { exact: true }).click();
  await expect(row('ask').getByRole('region', { name: 'JSON Schema of ask' })).toContainText('"question"');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`there are no barriers that axe finds, in the ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const { functions, section, row } = panel(page);
    const check = async () => {
      const { violations } = await new AxeBuilder({ page }).include('[data-testid=functions]').analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    };
    for (const name of [/^dom/, 'System calls', /^Environment/]) await section(name).click();
    await panel(page).permit('dom_*', 'Ask');
    await panel(page).shows('ask');
    await row('ask').getByLabel('Answered').selectOption('rule');
    await row('ask').getByText('JSON Schema', { exact: true }).click();
    await check();
    await functions.getByLabel('Declare a function').click();
    await page.getByTestId('own-editor').getByRole('button', { name: 'Add a parameter' }).click();
    await page.getByTestId('own-editor').getByRole('button', { name: 'Declare' }).click();
    await check();
  });
}
