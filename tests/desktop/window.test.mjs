// The real window: WebKitGTK, the real commands, real child processes.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { scenarios } from '../scenarios.mjs';
import { person } from './person.mjs';
import { kill, openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'debug', 'monty-playground');
let window;

before(async () => {
  window = await openApp(program);
});

after(() => window?.close());

for (const [title, scenario] of Object.entries(scenarios)) {
  test(title, { timeout: 120_000 }, () => scenario(person(window.browser)));
}

test('the page has no way past the commands', async () => {
  const found = await window.browser.execute(() => ({
    tauri: typeof window.__TAURI__,
    code: (() => {
      try {
        return new Function('return "ran"')();
      } catch {
        return 'refused';
      }
    })(),
    frozen: Object.isFrozen(Object.prototype),
  }));
  assert.deepEqual(found, { tauri: 'undefined', code: 'refused', frozen: true });
});

test('the interpreter lives in processes of its own, which end with the window', async () => {
  await kill(window);
});
