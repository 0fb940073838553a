// The stage in the real window: what gets out of it, files by dialogs of the system, and how fast.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { HOW_MANY, PROGRAM, provoke } from '../escapes.mjs';
import { person } from './person.mjs';
import { openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'debug', 'monty-playground');
const folder = mkdtempSync(join(tmpdir(), 'playground-files-'));
const script = join(folder, 'dialogs');
let window;
let somebody;

before(async () => {
  process.env.MONTY_PLAYGROUND_DIALOGS = script;
  window = await openApp(program);
  somebody = person(window.browser);
});

after(async () => {
  await window?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('nothing gets out of the stage', { timeout: 120_000 }, async () => {
  const { browser } = window;
  await somebody.writes(PROGRAM);
  await somebody.runs();
  await somebody.sees('result', /\d+ refused/);
  await somebody.seesOnStage(/All tried/);
  const before = await browser.getUrl();
  await browser.switchFrame(browser.$('iframe[title^="Stage"]'));
  const told = await browser.execute(provoke);
  await browser.switchFrame(null);
  assert.deepEqual({ ...told, sections: 0 }, { found: [], escaped: 'undefined', sections: 0 });
  assert.ok(told.sections >= HOW_MANY, `${told.sections}`);
  await somebody.writes('6 * 7');
  await somebody.runs();
  assert.equal(await somebody.reads('result'), '42');
  assert.equal(await browser.execute(() => typeof window.escaped), 'undefined');
  assert.equal(await browser.getUrl(), before);
  assert.equal((await browser.getWindowHandles()).length, 1);
});

test('files come and go by dialogs of the system', { timeout: 60_000 }, async () => {
  const [from, to] = [join(folder, 'in.txt'), join(folder, 'out.txt')];
  writeFileSync(from, 'two\nlines\n');
  writeFileSync(script, `${from}\ncancel\n${to}\n`);
  await somebody.writes("text = upload_file(accept='.txt')\nnone = upload_file()\ndownload_file('out.txt', text.upper())\ntext, none");
  await somebody.starts();
  for (let time = 0; time < 2; time += 1) {
    await somebody.seesCard(/asks for a file/);
    await somebody.pressesOnCard('Choose file…');
    if (time === 0) await somebody.seesCard(/upload_file\(\)/);
  }
  await somebody.sees('result', /\('two\\nlines\\n', None\)/);
  await window.browser.waitUntil(() => existsSync(to), { timeout: 5000 });
  assert.equal(readFileSync(to, 'utf8'), 'TWO\nLINES\n');
});

test('the page never learns where a file is', async () => {
  const text = await window.browser.execute(() => document.documentElement.outerHTML);
  assert.ok(!text.includes(folder), 'no path of a folder is in the page');
});
