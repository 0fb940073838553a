// The editor knows host functions, and shows where a program waits.

import { expect, test } from '@playwright/test';

import { Window } from './window';

// The checks for screen readers go over the whole page, several times.
test.describe.configure({ timeout: 90_000 });

let window: Window;

test.beforeEach(async ({ page }) => {
  window = new Window(page);
  await window.open();
});

test('a host function is completed, and its signature follows the arguments', async () => {
  await window.writes('dom_roo');
  await window.knowsFunctions();
  await window.press('Escape');
  await window.writes('');
  await window.types('dom_at');
  await expect(window.completions.first()).toContainText('dom_attr');
  await window.accepts('Enter');
  expect(await window.lines()).toEqual(['dom_attr()']);
  await expect(window.signature.locator('strong')).toHaveText('h: int');
  await window.types('button, ');
  await expect(window.signature.locator('strong')).toHaveText('name: str');
  await expect(window.signature).toContainText('Sets an attribute of an element');
  await window.press('End');
  await expect(window.signature).toBeHidden();
});

test('methods of a module and a person’s own functions are completed', async () => {
  await window.writes('import dom\n');
  await window.knowsFunctions();
  await window.press('Escape');
  await window.types('dom.cr');
  await expect(window.completions).toHaveText([/^create/]);
  await window.accepts('Tab');
  await window.types("'p'");
  expect(await window.lines()).toEqual(['import dom', "dom.create('p')"]);
  await window.press('End');
  await window.types('\nas');
  await expect(window.completions.filter({ hasText: 'yours' })).toHaveText(/^ask/);
});

test('nothing is completed in a string, and Enter behind a whole word begins a line', async () => {
  await window.writes("'dom_");
  await window.press('Control+Space');
  await window.press('End');
  await window.types('r');
  await expect(window.completions).toHaveCount(0);
  await window.writes('');
  await window.types('is');
  await expect(window.completions.filter({ hasText: 'isinstance' })).toBeVisible();
  await window.accepts('Enter');
  await window.types('x');
  expect(await window.lines()).toEqual(['is', 'x']);
});

test('a function is described under the pointer', async ({ page }) => {
  await page.locator('.cm-line', { hasText: 'name = ask(' }).getByText('ask', { exact: true }).hover();
  const tooltip = page.locator('.cm-tooltip-hover');
  await expect(tooltip).toContainText('ask(question: str) -> str');
  await expect(tooltip).toContainText('Asks a person');
});

test('the sample stops at ask(), which is lit while it waits', async () => {
  await window.run.click();
  await expect(window.lit).toHaveText('ask("What is your name?")');
  await expect(window.answer).toBeVisible();
  await window.seesNoFaults();
  await window.editor.press('ControlOrMeta+Home');
  await window.types('\n\n');
  await expect(window.lit).toHaveText('ask("What is your name?")');
  await window.run.click();
  await expect(window.lit).toHaveCount(0);
  await expect(window.answer).toBeHidden();
});

test('while a program computes, the line of its last call is marked faintly until it ends', async ({ page }) => {
  // Long enough to look at it.
  await page.getByLabel('Time limit').fill('60000');
  await window.writes("total = 0\nprompt('Who?')\nwhile True:\n    total += 1\n");
  await window.press('ControlOrMeta+Enter');
  await expect(page.getByTestId('at')).toHaveText('line 2');
  const seen = page.locator('.cm-seenRange');
  await expect(seen).toHaveCount(0);
  await page.getByLabel('Who?').press('Enter');
  await expect.poll(async () => (await seen.allInnerTexts()).join('')).toBe("prompt('Who?')");
  await expect(page.getByTestId('at')).toHaveText('last seen at line 2');
  await window.seesNoFaults();
  await page.getByTestId('at').click();
  await expect(window.editor).toBeFocused();
  await window.run.click();
  await expect(seen).toHaveCount(0);
  await expect(page.getByTestId('at')).toHaveCount(0);
});

test('a call far below that waits for a click is brought into view, until it is clicked', async () => {
  const rest = Array.from({ length: 80 }, (_, line) => `line_${line} = ${line}`).join('\n');
  await window.writes(`b = dom_create('button')\ndom_text(b, 'Go on')\ndom_append(dom_root(), b)\n${rest}\nprint(dom_on_click(b))\n`);
  await window.press('ControlOrMeta+Home');
  await window.press('ControlOrMeta+Enter');
  await expect(window.lit).toHaveText('dom_on_click(b)');
  await expect(window.lit).toBeInViewport();
  await window.stage.getByRole('button', { name: 'Go on' }).click();
  await expect(window.lit).toHaveCount(0);
  await expect(window.page.getByTestId('console')).toContainText('clicked');
});

test('each program keeps what can be undone', async () => {
  await window.writes('first = 1');
  await window.press('Alt+n');
  await window.editor.click();
  await window.types('second = 2');
  await window.tabs.filter({ hasText: 'main.py' }).click();
  expect(await window.lines()).toEqual(['first = 1']);
  await window.editor.click();
  await window.press('ControlOrMeta+z');
  await expect(window.editor).not.toContainText('first = 1');
  await window.tabs.filter({ hasText: 'program-1.py' }).click();
  expect(await window.lines()).toEqual(['second = 2']);
});

test('a block is folded with a click and with keys', async ({ page }) => {
  await window.writes('def f():\n    a = 1\n    return a\n');
  await page.locator('.cm-foldGutter').getByTitle('Fold', { exact: true }).click();
  await expect(page.locator('.cm-foldPlaceholder')).toBeVisible();
  await expect(window.editor).not.toContainText('return a');
  await window.editor.focus();
  await window.press('ControlOrMeta+Home');
  await window.press('ControlOrMeta+Shift+BracketRight');
  await expect(window.editor).toContainText('return a');
});

test('the editor has no faults for screen readers, with its list of completions and a signature', async () => {
  await window.seesNoFaults();
  await window.writes('dom_roo');
  await window.knowsFunctions();
  await window.seesNoFaults();
  await window.press('Escape');
  await window.writes('');
  await window.types('dom_attr(');
  await expect(window.signature).toBeVisible();
  await window.seesNoFaults();
});

test('a page that is killed while somebody types has lost less than a second', { tag: '@alone' }, async ({ page, context }) => {
  await window.writes('# before');
  const kept = () => localStorage.getItem('monty-playground.workspace') ?? '';
  const other = await context.newPage();
  await other.goto('/icon.svg');
  const began = Date.now();
  await window.types(' and after');
  await expect.poll(() => other.evaluate(kept), { intervals: [20] }).toContain('and after');
  expect(Date.now() - began).toBeLessThan(1500);
  // No pagehide, no handler of anything: the process is gone.
  const crashed = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  const again = new Window(other);
  await again.open();
  expect(await again.lines()).toEqual(['# before and after']);
});
