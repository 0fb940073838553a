// Files that programs find and what they leave, in the browser build.

import { type Page, expect, test } from '@playwright/test';

import { findings } from './axe.mjs';
import { person } from './person.mjs';

const CSV = { name: 'data.csv', mimeType: 'text/csv', buffer: Buffer.from('city,degrees\nOslo,3\n') };
const BYTES = { name: 'logo.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 65, 255]) };

/** The panel of files. */
function panel(page: Page) {
  const part = (name: string) => page.getByTestId(name);
  const row = (tree: string, name: string) => part(tree).getByRole('treeitem', { name: new RegExp(`^${name}\\b`) });
  return {
    part,
    row,
    opens: () => page.keyboard.press('Alt+3'),
    adds: (...files: (typeof CSV)[]) => part('files-picker').setInputFiles(files),
    async renames(to: string) {
      await part('file-path').fill(to);
      await page.keyboard.press('Enter');
    },
    async runs(code: string) {
      await person(page).writes(code);
      await person(page).runs();
    },
    prints: (text: string) => expect(part('console')).toContainText(text),
  };
}

test.beforeEach(async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('run').waitFor();
  await panel(page).opens();
});

test('a program finds files that were added, also after a reload', async ({ page }) => {
  const files = panel(page);
  await expect(files.part('files')).toContainText('a program opens by name');
  await files.adds(CSV, BYTES);
  await files.row('files-given', 'data.csv').click();
  await files.renames('in/data.csv');
  await expect(files.row('files-given', 'in')).toHaveAttribute('aria-expanded', 'true');
  const code = "print(open('in/data.csv').read(), open('/logo.bin', 'rb').read())";
  await files.runs(code);
  await files.prints('Oslo,3');
  await files.prints("b'\\x00\\x01A\\xff'");
  await page.reload();
  await expect(files.row('files-given', 'logo.bin')).toBeVisible();
  await person(page).runs();
  await files.prints('Oslo,3');
});

test('a file is edited, shown, renamed and taken away from programs', async ({ page }) => {
  const files = panel(page);
  await page.getByRole('button', { name: 'New text file' }).click();
  await expect(files.part('file-path')).toBeFocused();
  await files.renames('notes.txt');
  await files.part('file-text').fill('first\nsecond\n');
  await expect(files.part('file-about')).toHaveText('13 characters, 2 lines');
  await files.runs("print(open('notes.txt').read())");
  await files.prints('second');
  await files.renames('other.txt');
  await files.runs("from pathlib import Path\nprint(Path('notes.txt').exists(), Path('other.txt').exists())");
  await files.prints('False True');
  await files.row('files-given', 'other.txt').press('Delete');
  await expect(files.part('files-removed')).toContainText('/other.txt deleted.');
  await files.runs("from pathlib import Path\nprint('is there:', Path('other.txt').exists())");
  await files.prints('is there: False');
  await page.getByRole('button', { name: 'Undo' }).click();
  await person(page).runs();
  await files.prints('is there: True');
});

test('a name that cannot be is refused with its reason, and bytes are shown in hexadecimal', async ({ page }) => {
  const files = panel(page);
  await files.adds(CSV, BYTES);
  await expect(files.part('file-text')).toHaveText(/^0000 00 01 41 ff\s+··A·$/);
  await expect(files.part('file-about')).toContainText('4 B, not text');
  await files.renames('data.csv/x');
  await expect(page.getByRole('alert')).toHaveText('/data.csv is a file, so nothing can be in it.');
  await expect(files.part('file-path')).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await expect(files.part('file-path')).toHaveValue('/logo.bin');
  await files.adds({ ...BYTES, name: 'big.bin', buffer: Buffer.alloc(8 * 1024 * 1024) });
  await expect(files.part('files-problem')).toHaveText('big.bin (8 MB) does not fit: 8 MB of 8 MB are left.');
});

test('a dropped file is given to programs and not opened as one', async ({ page }) => {
  const files = panel(page);
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['dropped'], 'here.txt', { type: 'text/plain' }));
    return data;
  });
  await files.part('files').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(files.part('file-text')).toHaveValue('dropped');
  await expect(page.getByRole('tab', { name: 'here.txt' })).toHaveCount(0);
});

test('folders of the machine are for the desktop, and the panel says so', async ({ page }) => {
  const mounts = panel(page).part('files-mounts');
  await expect(mounts).toContainText('A browser cannot give folders of this machine to a program. The desktop app can');
  await expect(mounts.getByRole('button')).toHaveCount(0);
});

test('the tree is used by keyboard', async ({ page }) => {
  const files = panel(page);
  await files.adds(CSV, { ...BYTES, name: 'a.bin' });
  await files.row('files-given', 'data.csv').click();
  await files.renames('/deep/data.csv');
  await files.row('files-given', 'deep').focus();
  await page.keyboard.press('ArrowRight');
  await expect(files.row('files-given', 'data.csv')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(files.row('files-given', 'data.csv')).toHaveCount(0);
  await expect(files.row('files-given', 'deep')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(files.row('files-given', 'a.bin')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(files.part('file-about')).toContainText('not text');
  await page.keyboard.press('F2');
  await expect(files.part('file-path')).toBeFocused();
});

const LEAVES = `from pathlib import Path
Path('/out').mkdir()
Path('/out/sum.txt').write_text('thirteen')
open('/data.csv', 'a').write('Rome,17')
storage_set('visits', 3)
download_file('report.txt', 'all well')
`;

test('what a program left is shown, and can be kept or put back', async ({ page }) => {
  const files = panel(page);
  await files.adds(CSV);
  const [offered] = await Promise.all([page.waitForEvent('download'), files.runs(LEAVES)]);
  expect(offered.suggestedFilename()).toBe('report.txt');
  await expect(files.row('written-tree', 'data.csv')).toHaveAttribute('aria-label', 'data.csv, 27 B, changed');
  await files.row('written-tree', 'sum.txt').click();
  await expect(files.part('file-text')).toHaveText('thirteen');
  await expect(files.part('files-stored')).toContainText('visits');
  await expect(files.part('files-stored')).toContainText('3');
  const [again] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download report.txt' }).click()]);
  expect(again.suggestedFilename()).toBe('report.txt');
  await files.runs("print(open('/data.csv').read())");
  await files.prints('Rome,17');
  await page.getByRole('button', { name: 'Put back' }).click();
  await person(page).runs();
  await expect(files.part('console')).not.toContainText('Rome,17');
  await files.prints('Oslo,3');
  // Kept, it is found after a reload, when the session has forgotten what was written.
  await files.row('written-tree', 'sum.txt').click();
  await page.getByRole('button', { name: 'Give to every run' }).click();
  await expect(files.row('files-given', 'sum.txt')).toBeVisible();
  await page.reload();
  await expect(files.part('files-stored')).toContainText('visits');
  await files.runs("print(open('/out/sum.txt').read())");
  await files.prints('thirteen');
});

test('looking leaves the session as it is', async ({ page }) => {
  const files = panel(page);
  await files.runs("from pathlib import Path\nPath('/made.txt').write_text('x')\nmine = 5");
  await expect(files.row('written-tree', 'made.txt')).toBeVisible();
  await files.runs("try:\n    print(found)\nexcept NameError:\n    print('no such name')");
  await files.prints('no such name');
});

test('thousands of files are listed, and few of them drawn', async ({ page }) => {
  const files = panel(page);
  await files.runs("for i in range(3000):\n    open(f'/tmp/{i}.txt', 'w').write('x')");
  await expect(files.part('files-written')).toContainText('3,000 files');
  expect(await files.part('written-tree').getByRole('treeitem').count()).toBeLessThan(60);
  await files.row('written-tree', 'tmp').focus();
  await page.keyboard.press('End');
  await expect(files.row('written-tree', '2999.txt')).toBeFocused();
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing, ${scheme}`, async ({ page }) => {
    const files = panel(page);
    expect(await findings(page, scheme, '[data-testid=side]')).toEqual([]);
    await files.adds(BYTES, CSV);
    await files.runs(LEAVES);
    await expect(files.row('written-tree', 'sum.txt')).toBeVisible();
    await expect(files.part('file-text')).toBeVisible();
    expect(await findings(page, scheme, '[data-testid=side]')).toEqual([]);
  });
}
