// What a person has open in the real window: answered, opened, saved, and there after the process was killed.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { person } from './person.mjs';
import { makeHome, openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'debug', 'monty-playground');
const folder = mkdtempSync(join(tmpdir(), 'playground-programs-'));
const script = join(folder, 'dialogs');
const home = makeHome();
let window;
let somebody;

async function open() {
  process.env.MONTY_PLAYGROUND_DIALOGS = script;
  window = await openApp(program, home);
  somebody = person(window.browser);
}

before(open);

after(async () => {
  await window?.close();
  for (const each of [folder, home]) rmSync(each, { recursive: true, force: true });
});

const part = (name) => window.browser.$(`[data-testid="${name}"]`);
const tabs = () =>
  window.browser.execute(() => [...document.querySelectorAll('[data-testid=tab]')].map((tab) => tab.textContent.trim()).join());
const until = (what, holds) => window.browser.waitUntil(holds, { timeout: 10_000, interval: 20, timeoutMsg: `never saw ${what}` });

test('the first program stops at a call, is answered, and goes on', { timeout: 60_000 }, async () => {
  await part('run').click();
  await somebody.sees('call', /ask/);
  await somebody.sees('call', /What is your name/);
  await somebody.answers('Ada');
  await somebody.seesOnStage(/Hello, Ada!/);
  for (let count = 0; count < 3; count += 1) await somebody.clicksOnStage(`Clicked ${count} times`);
  await somebody.sees('result', /Ada clicked 3 times/);
});

test('a program is gone through call by call', { timeout: 60_000 }, async () => {
  await somebody.writes("a = json_dumps([1])\nb = json_loads(a)\nb");
  await part('step').click();
  await somebody.seesCard(/json_dumps/);
  await window.browser.keys('\uE03A');
  await somebody.seesCard(/json_loads/);
  await somebody.pressesOnCard('Continue');
  await somebody.sees('result', /\[1\]/);
});

test('programs are opened and saved where a person wants them', { timeout: 60_000 }, async () => {
  const [from, to] = [join(folder, 'opened.py'), join(folder, 'saved.py')];
  writeFileSync(from, "'ä' * 2");
  writeFileSync(script, `cancel\n${from}\n${to}\n`);
  const before = await tabs();
  await window.browser.keys(['\uE009', 'o']);
  await window.browser.keys(['\uE009', 'o']);
  await until('the opened program', async () => (await tabs()) === `${before},opened.py`);
  await somebody.runs();
  assert.equal(await somebody.reads('result'), "'ää'");
  await somebody.writes('1 + 1');
  await window.browser.keys(['\uE009', 's']);
  await until('the file', () => readFileSync(from, 'utf8') === '1 + 1');
  await part('dock-console').click();
  await window.browser.$('[aria-label^="New program"]').click();
  await somebody.writes('2 + 2');
  await window.browser.keys(['\uE009', 's']);
  await until('the saved file', async () => (await tabs()).endsWith('saved.py') && readFileSync(to, 'utf8') === '2 + 2');
});

test('what was typed a second ago is there after the process was killed', { timeout: 60_000 }, async () => {
  await somebody.writes('kept = "to the last second"');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  process.kill(window.app, 'SIGKILL');
  await window.close();
  await open();
  await until('the program', async () => (await window.browser.$('[aria-label="Program"]').getText()).includes('to the last second'));
  assert.ok((await tabs()).includes('opened.py'), await tabs());
});
