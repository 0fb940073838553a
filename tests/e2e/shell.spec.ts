// Around the editor: tabs, files, the palette, gauges, and windows of every size.

import { type Page, expect, test } from '@playwright/test';

import { Window } from './window';

// The checks for screen readers go over the whole page, several times.
test.describe.configure({ timeout: 90_000 });

let window: Window;

test.beforeEach(async ({ page }) => {
  window = new Window(page);
  await window.open();
});

const names = () => window.tabs.allInnerTexts();

async function opens(count: number) {
  for (let made = 0; made < count; made++) await window.press('Alt+n');
}

/** Drops a file of these bytes on the window. */
async function drags(page: Page, type: 'dragover' | 'drop', bytes: number[], name = 'dropped.py') {
  await page.evaluate(
    ({ type, bytes, name }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], name));
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    { type, bytes, name },
  );
}

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];

test('what was closed comes back as it was', async ({ page }) => {
  await opens(1);
  await window.writes('kept = 1');
  await page.getByRole('button', { name: 'Close program-1.py' }).click();
  expect(await names()).toEqual(['main.py']);
  const notice = page.getByTestId('closed');
  await expect(notice).toContainText('Closed program-1.py');
  await window.seesNoFaults();
  await notice.getByRole('button', { name: 'Undo' }).click();
  expect(await names()).toEqual(['main.py', 'program-1.py']);
  expect(await window.lines()).toEqual(['kept = 1']);
  await expect(notice).toBeHidden();
});

test('a tab is closed by middle click and by Delete, and opened again by keys', async () => {
  await opens(2);
  await window.editor.click();
  await window.types('two = 2');
  await window.tabs.filter({ hasText: 'program-2.py' }).click({ button: 'middle' });
  expect(await names()).toEqual(['main.py', 'program-1.py']);
  await window.press('Alt+Shift+W');
  expect(await names()).toEqual(['main.py', 'program-1.py', 'program-2.py']);
  await window.tabs.filter({ hasText: 'program-1.py' }).click();
  await window.press('Delete');
  expect(await names()).toEqual(['main.py', 'program-2.py']);
});

test('of many tabs the one that is seen is in view', async () => {
  await opens(14);
  await expect(window.tabs.last()).toBeInViewport({ ratio: 1 });
  await expect(window.tabs.first()).not.toBeInViewport();
  await window.tabs.last().focus();
  await window.press('Home');
  await expect(window.tabs.first()).toBeInViewport({ ratio: 1 });
  await expect(window.tabs.first()).toBeFocused();
  await window.press('Alt+2');
  await expect(window.tabs.first()).toBeInViewport({ ratio: 1 });
});

test('tabs are moved with the pointer and with keys', async ({ page }) => {
  await opens(2);
  const from = await window.tabs.nth(0).boundingBox();
  const to = await window.tabs.nth(2).boundingBox();
  if (!from || !to) throw new Error('no tabs');
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width - 10, to.y + 10, { steps: 12 });
  await page.mouse.up();
  expect(await names()).toEqual(['program-1.py', 'program-2.py', 'main.py']);
  await expect(window.tabs.last()).toHaveAttribute('aria-selected', 'true');
  await window.tabs.last().focus();
  await window.press('Control+Shift+ArrowLeft');
  await expect.poll(names).toEqual(['program-1.py', 'main.py', 'program-2.py']);
});

test('a program is saved, and the status bar says so', async ({ page }) => {
  const download = page.waitForEvent('download');
  await window.editor.click();
  await window.press('ControlOrMeta+s');
  expect((await download).suggestedFilename()).toBe('main.py');
  await expect(page.getByTestId('told')).toHaveText('Saved main.py');
});

test('a file is dropped where the marker says', async ({ page }) => {
  await drags(page, 'dragover', []);
  await expect(page.getByTestId('drop')).toHaveText('Drop programs to edit them, other files for programs to read');
  await drags(page, 'drop', bytesOf("'dropped'"));
  await expect(page.getByTestId('drop')).toBeHidden();
  await expect.poll(names).toEqual(['main.py', 'dropped.py']);
  expect(await window.lines()).toEqual(["'dropped'"]);
  await drags(page, 'drop', [0xff, 0xfe, 0x00], 'broken.py');
  await expect(page.getByRole('alert')).toContainText('broken.py is not UTF-8 text');
  expect(await names()).toEqual(['main.py', 'dropped.py']);
});

test('a file that is no program is dropped for programs to read', async ({ page }) => {
  await drags(page, 'drop', bytesOf('Oslo,3'), 'data.csv');
  await expect(page.getByTestId('files-given')).toContainText('data.csv');
  await expect(page.getByTestId('told')).toHaveText('Programs find /data.csv');
  expect(await names()).toEqual(['main.py']);
  await window.writes("open('data.csv').read()");
  await window.press('ControlOrMeta+Enter');
  await expect(page.getByTestId('result')).toContainText('Oslo,3');
});

test('the menu beside the tabs opens programs, by keyboard too', async ({ page }) => {
  await page.getByTestId('open-menu').focus();
  await window.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'New program' })).toBeFocused();
  await window.seesNoFaults();
  await window.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Open a program' })).toBeFocused();
  // A browser remembers no places of files.
  await expect(page.getByTestId('recent')).toHaveCount(0);
  await window.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await expect(page.getByTestId('open-menu')).toBeFocused();
  await page.getByTestId('open-menu').click();
  const [picker] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: 'Open a program' }).click()]);
  await picker.setFiles({ name: 'picked.py', mimeType: 'text/x-python', buffer: Buffer.from("'picked'") });
  await expect.poll(names).toEqual(['main.py', 'picked.py']);
});

test('while a program asks, the primary button leads to the question', async ({ page }) => {
  await window.writes("name = prompt('Who?')\nname");
  await window.press('ControlOrMeta+Enter');
  await expect(page.getByLabel('Who?')).toBeFocused();
  await window.editor.click();
  await expect(window.answer).toHaveText('Answer');
  await expect(window.run).toHaveText('Stop');
  await window.answer.click();
  await expect(page.getByLabel('Who?')).toBeFocused();
  await window.types('Ada');
  await window.press('Enter');
  await expect(page.getByTestId('result')).toHaveText("'Ada'");
  await expect(window.answer).toBeHidden();
  await expect(window.run).toHaveText('Run');
});

test('gauges tell what was used of the limits', async ({ page }) => {
  const time = page.getByRole('meter', { name: 'Time used' });
  const memory = page.getByRole('meter', { name: 'Memory used' });
  await expect(time).toHaveCount(0);
  await window.writes('len([0] * 100_000)');
  await window.run.click();
  await expect(memory).toHaveAttribute('aria-valuetext', /^\d.* of 512 MB used$/);
  await expect(time).toHaveAttribute('data-level', 'low');
  await page.getByLabel('Time limit').fill('400');
  await window.writes('while True: pass');
  await window.run.click();
  await expect(time).toHaveAttribute('data-level', 'reached');
  await expect(time).toHaveAttribute('aria-valuetext', 'Limit reached: 400 ms');
  await window.seesNoFaults();
});

test('while a program runs, the gauge of memory says that it is of the run before', async ({ page }) => {
  const field = page.getByTitle(/^Memory: /);
  const memory = page.getByRole('meter', { name: 'Memory used' });
  await window.writes("prompt('Who?')");
  await window.run.click();
  await expect(field).toHaveAttribute('title', 'Memory: How much this one takes is known when it ends');
  await expect(memory).toHaveCount(0);
  await page.getByLabel('Who?').press('Enter');
  await expect(memory).toHaveAttribute('aria-valuetext', /^\d.* of 512 MB used$/);
  await window.run.click();
  await expect(memory).toHaveAttribute('aria-valuetext', /^The last run took \d.* at its peak\. How much this one takes is known when it ends$/);
  await expect(memory).toHaveAttribute('data-before', 'true');
  await window.seesNoFaults();
  await page.getByLabel('Who?').press('Enter');
  await expect(memory).toHaveAttribute('data-before', 'false');
});

test('the time that a program waits does not fill its gauge', async ({ page }) => {
  await page.getByLabel('Time limit').fill('1000');
  await window.writes("confirm('Sure?')");
  await window.run.click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  // Longer than the limit.
  await expect(page.locator('.passed')).toHaveText(/^[2-9]\.\d s$/);
  await expect(page.getByTestId('gauge-time')).toHaveAttribute('data-level', 'low');
});

test('the palette finds commands, what was used last first', async () => {
  await window.press('ControlOrMeta+k');
  await window.seesNoFaults();
  await window.types('theme');
  await window.press('Enter');
  await expect(window.palette).toBeHidden();
  await expect(window.page.locator('html')).toHaveAttribute('data-theme', 'light');
  await window.press('ControlOrMeta+k');
  await expect(window.palette.getByRole('option').first()).toContainText('Change the theme');
  await window.types('no such thing');
  await expect(window.palette).toContainText('No command, program or example is called that.');
  await window.press('Escape');
  await expect(window.palette).toBeHidden();
});

test('the palette opens examples, and offers those that were opened again', async ({ page }) => {
  await window.press('ControlOrMeta+k');
  await expect(window.palette.getByRole('option').filter({ hasText: 'Open example' })).toHaveCount(0);
  await window.types('dashboard');
  await expect(window.palette.getByRole('option').first()).toHaveText('Open example: Dashboard');
  await window.press('Enter');
  await expect(window.palette).toBeHidden();
  await expect(window.tabs.last()).toHaveAttribute('aria-selected', 'true');
  expect(await names()).toEqual(['main.py', 'dashboard.py']);
  await expect(page.getByTestId('side')).toContainText('Nested loops become a table with totals.');
  await window.press('ControlOrMeta+k');
  await expect(window.palette.getByRole('option').first()).toHaveText('Open example: Dashboard');
  await expect(window.palette.getByRole('option').filter({ hasText: 'Open example' })).toHaveCount(1);
});

test('the palette goes to programs and to lines', async ({ page }) => {
  await opens(1);
  await window.press('ControlOrMeta+k');
  await window.types('main.py');
  await window.press('Enter');
  await expect(window.tabs.first()).toHaveAttribute('aria-selected', 'true');
  await window.press('Alt+g');
  await window.types('12');
  await window.press('Enter');
  await expect(window.editor).toBeFocused();
  await expect(page.getByRole('contentinfo')).toContainText('Line 12');
});

test('a question mark shows all keys', async ({ page }) => {
  await page.getByRole('button', { name: 'Stop' }).or(window.run).focus();
  await window.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys.getByRole('option').filter({ hasText: 'Complete the word' })).toContainText('Control+Space');
  await window.press('Escape');
  await window.editor.click();
  await window.types('?');
  await expect(keys).toBeHidden();
});

test('F6 goes round the panes and comes back', async ({ page }) => {
  await window.editor.click();
  const pane = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane);
  const seen: (string | undefined)[] = [];
  do {
    await window.press('F6');
    seen.push(await pane());
  } while (seen.at(-1) !== 'editor' && seen.length < 12);
  expect(seen).toEqual(['stage', 'dock', 'status', 'header', 'rail', 'tabs', 'editor']);
  await window.press('Shift+F6');
  expect(await pane()).toBe('tabs');
});

test('F6 leaves the stage for the pane after it and before it, and comes back to it', async ({ page }) => {
  await window.writes("for name in ['One', 'Two']:\n    b = dom_create('button')\n    dom_text(b, name)\n    dom_append(dom_root(), b)\ndom_on_click(b)");
  await window.press('ControlOrMeta+Enter');
  const pane = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane);
  const two = window.stage.getByRole('button', { name: 'Two' });
  await two.focus();
  await window.press('F6');
  await expect.poll(pane).toBe('dock');
  await window.press('Shift+F6');
  await expect.poll(pane).toBe('stage');
  // It is inside again, where it was, and the program goes on hearing.
  await expect(two).toBeFocused();
  await window.press('Shift+F6');
  await expect.poll(pane).toBe('editor');
  await window.types('# typed\n');
  expect((await window.lines()).join('\n')).toContain('# typed');
  await window.press('F6');
  await expect.poll(pane).toBe('stage');
  await window.press('Escape');
  await expect(page.getByTestId('status')).toHaveText('Stopped');
});

test('the keys of the app work from the stage, and the palette leads back to it', async ({ page }) => {
  await window.writes("b = dom_create('button')\ndom_text(b, 'Here')\ndom_append(dom_root(), b)\ndom_on_click(b)\n'clicked'");
  await window.press('ControlOrMeta+Enter');
  const here = window.stage.getByRole('button', { name: 'Here' });
  await here.focus();
  await window.press('ControlOrMeta+k');
  await expect(window.palette).toBeVisible();
  // What can be done now: nothing can be run, but it can be stopped.
  await expect(window.palette.getByRole('option', { selected: true })).toContainText('Stop');
  await window.press('Escape');
  await expect(window.palette).toBeHidden();
  await expect(here).toBeFocused();
  await window.press('ControlOrMeta+2');
  await expect(page.getByTestId('dock-timeline')).toHaveAttribute('aria-selected', 'true');
  await here.press('Enter');
  await expect(page.getByTestId('status')).toHaveText('Ready');
});

test('in a narrow window the side panel lies over the rest, and Escape closes it', async ({ page }) => {
  await page.setViewportSize({ width: 500, height: 700 });
  const editor = await window.editor.boundingBox();
  await page.getByTestId('side-functions').click();
  await expect(page.getByTestId('side')).toBeVisible();
  expect((await window.editor.boundingBox())?.x).toBe(editor?.x);
  await window.press('Escape');
  await expect(page.getByTestId('side')).toBeHidden();
  await expect(page.getByTestId('side-functions')).toBeFocused();
});

for (const [width, height] of [[1600, 1000], [1100, 720], [760, 600], [500, 700]] as const) {
  test(`nothing is cut off at ${width} × ${height} while a program waits`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await window.run.click();
    await expect(window.lit).toBeInViewport({ ratio: 1 });
    for (const control of await page.locator('header[data-pane] button, header[data-pane] input, nav button').all()) {
      await expect(control).toBeInViewport({ ratio: 1 });
    }
    const [wide, logo, limits] = await Promise.all([
      page.evaluate(() => document.documentElement.scrollWidth),
      page.locator('header h1 svg').boundingBox(),
      page.getByRole('group', { name: 'Limits' }).boundingBox(),
    ]);
    expect(wide).toBeLessThanOrEqual(width);
    expect((logo?.x ?? 0) + (logo?.width ?? 0)).toBeLessThanOrEqual(limits?.x ?? 0);
    await window.seesNoFaults();
  });
}
