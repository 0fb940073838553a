// The release, as people get it: optimised, without what is there for developers and tests.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { scenarios } from '../scenarios.mjs';
import { person } from './person.mjs';
import { kill, makeHome, openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'release', 'monty-playground');
const home = makeHome();
let window;
let somebody;

async function open() {
  window = await openApp(program, home);
  somebody = person(window.browser);
}

before(open);

after(async () => {
  await window?.close();
  rmSync(home, { recursive: true, force: true });
});

const part = (name) => window.browser.$(`[data-testid="${name}"]`);

test('takes no word from a file on what a person chooses', () => {
  assert.ok(!readFileSync(program).includes('MONTY_PLAYGROUND_DIALOGS'));
  const developed = readFileSync(program.replace(/release(?=[\\/])/, 'debug'));
  assert.ok(developed.includes('MONTY_PLAYGROUND_DIALOGS'), 'the build for tests is told, so the word is the right one');
});

test('runs the first program: a call, its answer, the stage', { timeout: 60_000 }, async () => {
  await part('run').click();
  await somebody.sees('call', /What is your name/);
  await somebody.answers('Ada');
  await somebody.seesOnStage(/Hello, Ada!/);
  assert.equal(await part('stage').getAttribute('data-phase'), 'ready', 'the frame passed its test');
  for (let count = 0; count < 3; count += 1) await somebody.clicksOnStage(`Clicked ${count} times`);
  await somebody.sees('result', /Ada clicked 3 times/);
});

for (const [title, scenario] of Object.entries(scenarios)) {
  test(title, { timeout: 120_000 }, () => scenario(person(window.browser)));
}

test('has what was typed a second before it was killed, and leaves no child behind', { timeout: 60_000 }, async () => {
  await somebody.writes('kept = "from the release"');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await kill(window);
  await window.close();
  await open();
  await window.browser.waitUntil(async () => /from the release/.test(await window.browser.$('[aria-label="Program"]').getText()), { timeout: 10_000 });
  await somebody.runs();
});
