// Real files in the real window: folders that programs see, files that are handed over, and what is there at the next launch.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { person } from './person.mjs';
import { makeHome, openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'debug', 'monty-playground');
const folder = mkdtempSync(join(tmpdir(), 'playground-files-'));
const script = join(folder, 'dialogs');
const real = join(folder, 'my data');
const home = makeHome();
let window;
let somebody;

async function open(...files) {
  process.env.MONTY_PLAYGROUND_DIALOGS = script;
  window = await openApp(program, home, files);
  somebody = person(window.browser);
}

/** The process ends as if the machine had lost its power. */
async function restart(...files) {
  process.kill(window.app, 'SIGKILL');
  await window.close();
  await open(...files);
}

before(async () => {
  mkdirSync(real);
  writeFileSync(join(real, 'a.txt'), 'one');
  await open();
});

after(async () => {
  await window?.close();
  for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
});

const part = (name) => window.browser.$(`[data-testid="${name}"]`);
const button = (name) => window.browser.$(`button=${name}`);
const tabs = () =>
  window.browser.execute(() => [...document.querySelectorAll('[data-testid=tab]')].map((tab) => tab.textContent.trim()).join());
const until = (what, holds) => window.browser.waitUntil(holds, { timeout: 10_000, interval: 20, timeoutMsg: `never saw ${what}` });
const says = (...lines) => writeFileSync(script, `${lines.join('\n')}\n`);
/** All words of a part, also those that are cut off on the screen; WebDriver leaves them out. */
const words = (name) => window.browser.execute((name) => document.querySelector(`[data-testid="${name}"]`)?.textContent ?? '', name);
const mounts = () => words('files-mounts');

async function opensFiles() {
  if (!(await part('files').isExisting())) await part('side-files').click();
  await part('files').waitForExist();
}

/** Runs a program; what it printed last, or the error it ended in. */
async function prints(code) {
  await part('dock-console').click();
  await somebody.writes(code);
  await somebody.runs();
  return part('console').getText();
}

async function mount(mode, place) {
  await button('Mount a folder…').click();
  await part('mount-form').waitForExist();
  const field = part('mount-form').$('input.place');
  assert.equal(await field.getValue(), '/my-data', 'it is named for the folder');
  await field.setValue(place);
  await part('mount-form').$(`label*=${mode}`).click();
  await part('mount-form').$('button=Mount').click();
  await until(`${place} among the folders`, async () => (await mounts()).includes(place));
}

const READS = "print('read', open('/data/a.txt').read())";
const WRITES = "from pathlib import Path\nPath('/data/b.txt').write_text('two')\nprint('wrote', Path('/data/b.txt').read_text())";
const inFolder = () => readdirSync(real).sort().join();

test('a folder that is read only is read, and not written', { timeout: 60_000 }, async () => {
  // The script of dialogs is read line by line, over all windows' lives anew.
  says(real, real, real);
  await opensFiles();
  assert.match(await prints(READS), /FileNotFoundError/);
  await mount('Read only', '/data');
  assert.match(await prints(READS), /read one/);
  assert.match(await prints(WRITES), /PermissionError Error \[Errno 30\] Read-only file system: '\/data\/b.txt'/);
  assert.match(await prints("open('/data/../secret')"), /Permission denied: '\/secret'/);
  assert.equal(inFolder(), 'a.txt');
});

test('a folder that was unmounted is not there', { timeout: 60_000 }, async () => {
  await button('Unmount').click();
  await until('that it is not mounted', async () => (await mounts()).includes('Not mounted'));
  assert.match(await prints(READS), /FileNotFoundError/);
});

test('what is written over a folder stays in memory', { timeout: 60_000 }, async () => {
  await mount('Overlay', '/data');
  assert.match(await prints(WRITES), /wrote two/);
  assert.match(await prints("print('later', open('/data/b.txt').read())"), /later two/);
  assert.equal(inFolder(), 'a.txt');
  await button('Unmount').click();
});

test('what may be written is written, unless a rule forbids it', { timeout: 60_000 }, async () => {
  await mount('Read and write', '/data');
  assert.match(await prints(WRITES), /wrote two/);
  assert.equal(readFileSync(join(real, 'b.txt'), 'utf8'), 'two');
  await part('side-functions').click();
  const section = window.browser.$('button*=System calls');
  await section.waitForExist();
  await section.click();
  const rule = window.browser.$('[role=radiogroup][aria-label="Permission of Path."]');
  await rule.waitForExist();
  await rule.$('label*=Deny').click();
  assert.match(await prints("from pathlib import Path\nPath('/data/c.txt').write_text('three')"), /PermissionError/);
  assert.equal(existsSync(join(real, 'c.txt')), false);
  await rule.$('label*=Allow').click();
  assert.match(await prints(READS), /read one/);
});

test('axe finds nothing in the panel, light and dark', { timeout: 60_000 }, async () => {
  await opensFiles();
  says(real, real, real, real);
  await button('Mount a folder…').click();
  await part('mount-form').waitForExist();
  await window.browser.execute(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  for (const theme of ['light', 'dark']) {
    const found = await window.browser.executeAsync((theme, done) => {
      document.documentElement.dataset.theme = theme;
      const side = document.querySelector('[data-testid=files]');
      const said = ({ violations }) => done(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`));
      window.axe.run(side).then(said, (error) => done([String(error)]));
    }, theme);
    assert.deepEqual(found, [], theme);
  }
  await button('Cancel').click();
});

test('a folder of an earlier launch is mounted again only when a person says so', { timeout: 60_000 }, async () => {
  says('cancel', 'yes');
  await restart();
  await opensFiles();
  assert.match(await mounts(), /\/data\s*Not mounted/);
  assert.match(await prints(READS), /FileNotFoundError/);
  const again = window.browser.$('[aria-label="Mount /data again"]');
  await again.click();
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.match(await mounts(), /Not mounted/);
  await again.click();
  await until('that it is mounted', async () => (await mounts()).includes('Read and write'));
  assert.match(await prints(READS), /read one/);
});

test('a folder around the data of the app is refused', { timeout: 60_000 }, async () => {
  says('cancel', 'yes', home);
  await button('Mount a folder…').click();
  await until('the reason', async () => (await mounts()).includes('keeps its own data in this folder'));
  assert.equal(await part('mount-form').isExisting(), false);
});

test('a second launch hands over its files, and the window goes on', { timeout: 60_000 }, async () => {
  const [code, data] = [join(folder, 'named.py'), join(folder, 'degrees.csv')];
  writeFileSync(code, "print('degrees', open('/degrees.csv').read())");
  writeFileSync(data, 'Oslo,3');
  assert.deepEqual(await window.launch(code, data), { code: 0, said: '' });
  await until('the program', async () => (await tabs()).endsWith('named.py'));
  await until('the file', async () => (await words('files-given')).includes('degrees.csv'));
  await somebody.runs();
  assert.match(await part('console').getText(), /degrees Oslo,3/);
  const gone = await window.launch(join(folder, 'gone.py'));
  assert.match(gone.said, /gone.py is no file that can be opened/);
  // Opened once more, it is the same tab, with what is on disk now.
  const before = await tabs();
  writeFileSync(code, "print('again')");
  await window.launch(code);
  await until('the new text', async () => (await window.browser.$('[aria-label="Program"]').getText()).includes('again'));
  assert.equal(await tabs(), before);
});

test('a data file that is too large is refused with its size', { timeout: 60_000 }, async () => {
  const big = join(folder, 'big.bin');
  writeFileSync(big, Buffer.alloc(9 * 1024 * 1024));
  await window.launch(big);
  await until('the reason', async () => /big.bin \(9 MB\) does not fit/.test(await words('files-problem')));
});

test('programs of an earlier launch are found in the menu and by name, and say when they are gone', { timeout: 60_000 }, async () => {
  const code = join(folder, 'named.py');
  await restart();
  await part('open-menu').click();
  await until('the recent program and where it is', async () => (await words('recent')) === `Recent named.py${folder}`);
  writeFileSync(code, "'from recent'");
  await part('recent').$('[role=menuitem]').click();
  await until('its text', async () => (await window.browser.$('[aria-label="Program"]').getText()).includes('from recent'));
  // Its place is known again: it is saved there, without a dialog.
  await somebody.writes("'saved'");
  await window.browser.keys(['\uE009', 's']);
  await until('the file', () => readFileSync(code, 'utf8') === "'saved'");
  rmSync(code);
  await window.browser.keys(['\uE009', 'k']);
  await part('palette').waitForExist();
  for (const key of 'named') await window.browser.keys(key);
  const found = part('palette').$('li*=Recent, in');
  await found.waitForExist();
  await found.click();
  await until('that it is gone', async () => (await window.browser.$('.notice').isExisting()) && /named.py is no longer in/.test(await window.browser.$('.notice').getText()));
  await part('open-menu').click();
  await window.browser.$('[role=menuitem]').waitForExist();
  assert.equal(await part('recent').isExisting(), false);
  await window.browser.keys('\uE00C');
});

test('files of the first launch are opened', { timeout: 60_000 }, async () => {
  const code = join(folder, 'first.py');
  writeFileSync(code, "'first'");
  await restart(code);
  await until('the program', async () => (await tabs()).endsWith('first.py'));
});

test('the window stands where it stood, and never where nobody reaches it', { timeout: 60_000 }, async () => {
  await window.browser.setWindowRect(120, 90, 1000, 640);
  const stands = () => window.browser.getWindowRect();
  await until('the new place', async () => (await stands()).width === 1000);
  const before = await stands();
  const kept = join(home, 'config', 'org.montyplayground.app', 'window.json');
  await until('that it is kept', () => existsSync(kept) && JSON.parse(readFileSync(kept, 'utf8')).main.width === 1000);
  await restart();
  await until('the place', async () => JSON.stringify(await stands()) === JSON.stringify(before));
  const far = JSON.parse(readFileSync(kept, 'utf8'));
  Object.assign(far.main, { x: 1500, y: -400, width: 4000, height: 600, prev_x: 0, prev_y: 0 });
  process.kill(window.app, 'SIGKILL');
  await window.close();
  writeFileSync(kept, JSON.stringify(far));
  await open();
  await until('the window on the screen', async () => {
    const { x, y, width } = await stands();
    return x >= 0 && y >= 0 && width <= 1600;
  });
});
