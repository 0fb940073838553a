// Snapshots of sessions, in the browser build.

import { readFileSync } from 'node:fs';

import { type Page, expect, test } from '@playwright/test';

import { findings } from './axe.mjs';
import { person } from './person.mjs';

const CLICK = `import dom
button = dom.create("button")
button.set_text("Go on")
dom.root().append(button)
name = "Ada"
button.on_click()
print("clicked by", name)
button.set_text("Done")
`;

/** The panel of snapshots. */
function panel(page: Page) {
  const part = (name: string) => page.getByTestId(name);
  return {
    part,
    opens: () => page.keyboard.press('Alt+4'),
    takes: () => part('snapshot-take').click(),
    restores: (name: string) => page.getByRole('button', { name: `Restore ${name}`, exact: true }).click(),
    names: () => part('snapshot-name').allInnerTexts(),
    async exports(name: string) {
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `Export ${name}` }).click()]);
      return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
    },
    imports: (name: string, text: string) =>
      part('snapshot-picker').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) }),
  };
}

test.beforeEach(async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('run').waitFor();
  await panel(page).opens();
});

test('taken in the middle of a click, it waits for that click again, even after a reload', async ({ page }) => {
  const snapshots = panel(page);
  const someone = person(page);
  await expect(snapshots.part('snapshots')).toContainText('A snapshot keeps the session as it is');
  await someone.writes(CLICK);
  await someone.starts();
  await someone.seesOnStage(/Go on/);
  await snapshots.takes();
  await expect(snapshots.part('snapshot-doing')).toHaveText('Waits at dom_on_click, line 6 of main.py');
  await someone.clicksOnStage('Go on');
  await someone.sees('console', 'clicked by Ada');
  await someone.seesOnStage(/Done/);

  await page.reload();
  await expect(snapshots.part('snapshot')).toHaveCount(1);
  await someone.writes('1');
  await snapshots.restores('main.py');
  await someone.seesOnStage(/Go on/);
  await someone.seesStatus('Running');
  // The program that waits is on the table again, beside the one that was written since.
  await expect(page.getByLabel('Program', { exact: true })).toContainText('button.on_click()');
  await expect(snapshots.part('console')).not.toContainText('clicked');
  await someone.clicksOnStage('Go on');
  await someone.sees('console', 'clicked by Ada');
  await someone.seesOnStage(/Done/);
  await someone.sees('run', 'Run');
});

test('a restored program may take longer than a command that runs none', async ({ page }) => {
  const snapshots = panel(page);
  const someone = person(page);
  await someone.writes(CLICK.replace('button.on_click()', 'import asyncio\nawait asyncio.gather(button.on_click(), asyncio.sleep(6))'));
  await someone.starts();
  await someone.seesOnStage(/Go on/);
  await snapshots.takes();
  await expect(snapshots.part('snapshot')).toHaveCount(1);
  await someone.stops();
  await someone.sees('run', 'Run');
  await snapshots.restores('main.py');
  await someone.clicksOnStage('Go on');
  await someone.sees('console', 'clicked by Ada');
});

test('a restored program that waits can be stopped', async ({ page }) => {
  const snapshots = panel(page);
  const someone = person(page);
  await someone.writes(CLICK);
  await someone.starts();
  await someone.seesOnStage(/Go on/);
  await page.keyboard.press('Alt+s');
  await expect(snapshots.part('snapshot')).toHaveCount(1);
  await someone.stops();
  await someone.sees('run', 'Run');
  await snapshots.restores('main.py');
  await someone.seesOnStage(/Go on/);
  await someone.stops();
  await someone.sees('console', 'Stopped');
  await someone.sees('run', 'Run');
});

test('names and files of a session at rest come back', async ({ page }) => {
  const snapshots = panel(page);
  const someone = person(page);
  await someone.writes("kept = 'a name'\nopen('/made.txt', 'w').write('a file')\nopen('/made.txt').read()");
  await someone.runs();
  await snapshots.takes();
  await expect(snapshots.part('snapshot-doing')).toHaveText('At rest after main.py');
  await page.reload();
  await snapshots.restores('main.py');
  await expect(snapshots.part('snapshot-take')).toBeEnabled();
  await page.keyboard.press('Alt+3');
  await expect(page.getByTestId('written-tree')).toContainText('made.txt');
});

test('it is renamed, exported, deleted and imported again', async ({ page }) => {
  const snapshots = panel(page);
  await snapshots.takes();
  await page.getByRole('button', { name: 'Rename Empty session' }).click();
  await page.keyboard.insertText('Before it all');
  await page.keyboard.press('Enter');
  await expect(snapshots.part('snapshot-name')).toHaveText('Before it all');
  const file = await snapshots.exports('Before it all');
  expect(file.name).toBe('Before it all.monty-snapshot');
  await page.getByRole('button', { name: 'Delete Before it all' }).click();
  await expect(snapshots.part('snapshot')).toHaveCount(0);
  await snapshots.imports(file.name, file.text);
  await snapshots.imports(file.name, file.text);
  await expect(snapshots.part('snapshot')).toHaveCount(2);
  expect(await snapshots.names()).toEqual(['Before it all 2', 'Before it all']);
  await snapshots.restores('Before it all');
  await expect(snapshots.part('snapshots').getByRole('status')).toHaveText('Snapshot Before it all restored');
});

const REFUSED: [string, (data: string) => string, string][] = [
  ['altered', (data) => `${data.slice(0, 400)}${data[400] === 'A' ? 'B' : 'A'}${data.slice(401)}`, 'It was altered after it was made'],
  ['cut', (data) => data.slice(0, 400), 'It is incomplete'],
  ['none at all', () => 'aGVsbG8=', 'This is no snapshot'],
];

for (const [what, spoil, words] of REFUSED) {
  test(`one that is ${what} is refused with its reason`, async ({ page }) => {
    const snapshots = panel(page);
    await person(page).writes(CLICK);
    await person(page).starts();
    await person(page).seesOnStage(/Go on/);
    await snapshots.takes();
    const { text } = await snapshots.exports('main.py');
    await person(page).clicksOnStage('Go on');
    await person(page).sees('run', 'Run');
    const file = JSON.parse(text);
    await snapshots.imports('x.monty-snapshot', JSON.stringify({ ...file, name: 'bad', data: spoil(file.data) }));
    await snapshots.restores('bad');
    await expect(snapshots.part('snapshot-refused')).toContainText(words);
    await expect(snapshots.part('snapshot-refused')).toContainText('The session is as it was.');
    await person(page).seesOnStage(/Done/);
    await page.keyboard.press('Escape');
    await expect(snapshots.part('snapshot-refused')).toHaveCount(0);
  });
}

test('one of somebody else is restored only after a question', async ({ page, browser, baseURL }) => {
  const other = await (await browser.newContext()).newPage();
  await other.goto(baseURL ?? '');
  await other.getByTestId('run').waitFor();
  await panel(other).opens();
  await person(other).writes(CLICK);
  await person(other).starts();
  await person(other).seesOnStage(/Go on/);
  await panel(other).takes();
  const { text } = await panel(other).exports('main.py');
  await other.close();

  const snapshots = panel(page);
  await snapshots.imports('theirs.monty-snapshot', text);
  await snapshots.restores('main.py');
  const question = page.getByRole('alertdialog', { name: 'Restore main.py from somebody else?' });
  await expect(question).toBeFocused();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await person(page).seesStatus('Ready');
  await snapshots.restores('main.py');
  await question.getByRole('button', { name: 'Restore it all the same' }).click();
  await person(page).clicksOnStage('Go on');
  await person(page).sees('console', 'clicked by Ada');
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing, ${scheme}`, async ({ page }) => {
    const snapshots = panel(page);
    expect(await findings(page, scheme, '[data-testid=side]')).toEqual([]);
    await snapshots.takes();
    await snapshots.imports('bad.txt', 'aGVsbG8=');
    await snapshots.restores('bad');
    await expect(snapshots.part('snapshot-refused')).toBeVisible();
    await expect(snapshots.part('snapshot')).toHaveCount(2);
    expect(await findings(page, scheme, '[data-testid=side]')).toEqual([]);
  });
}
