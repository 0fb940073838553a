// The steps that `npm run check` and `npm test` share.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:os';

import { fail, root, run } from './toolchain.mjs';

const tool = (...path) => join(root, 'node_modules', ...path);
const node = (env, title, args) => run(env, title, process.execPath, args, { cwd: root });

export function lintRust(env) {
  run(env, 'format', 'cargo', ['fmt', '--check']);
  run(env, 'lints', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings']);
}

export function checkInterface(env) {
  const types = ['--tsconfig', join(root, 'tsconfig.json'), '--fail-on-warnings', '--output', 'human'];
  node(env, 'types of the interface', [tool('svelte-check', 'bin', 'svelte-check'), ...types]);
  node(env, 'lints of the interface', [tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']);
  node(env, 'unit tests of the interface', [tool('vitest', 'vitest.mjs'), 'run']);
}

export async function testBrowser(env) {
  await playwright(env, 'the browser version, in Chromium', 'e2e');
  await playwright(env, 'the stage, in Chromium', 'stage');
}

async function playwright(env, what, folder) {
  const config = join(root, 'tests', folder, 'playwright.config.ts');
  node({ ...env, PORT: String(await freePort()) }, what, [tool('@playwright', 'test', 'cli.js'), 'test', '--config', config]);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** The real window. Where there is no display, on one of its own. */
export async function testWindow(env) {
  if (platform() !== 'linux') fail('The window can be driven on Linux only.');
  const folder = join('tests', 'desktop');
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.mjs')).sort();
  await withDisplay((display) => {
    // One after the other: each opens a window and measures.
    const tests = ['--test', '--test-concurrency', '1', '--test-reporter', 'spec', ...files.map((name) => join(folder, name))];
    node({ ...env, ...display }, 'the window, under WebDriver', tests);
  });
}

/** Does something that needs a display, with what that adds to the environment. */
export async function withDisplay(act) {
  const display = process.env.DISPLAY ? undefined : await openDisplay();
  try {
    await act(display ? { DISPLAY: display.name } : {});
  } finally {
    display?.close();
  }
}

async function openDisplay() {
  let number = 90;
  while (existsSync(`/tmp/.X11-unix/X${number}`) || existsSync(`/tmp/.X${number}-lock`)) number += 1;
  const name = `:${number}`;
  const server = spawn('Xvfb', [name, '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], { stdio: 'ignore' });
  const close = () => server.kill();
  // `run` ends this process where a step fails.
  process.on('exit', close);
  const until = Date.now() + 20_000;
  while (!existsSync(`/tmp/.X11-unix/X${number}`)) {
    if (Date.now() > until || server.exitCode !== null) fail('Xvfb did not start.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { name, close };
}
