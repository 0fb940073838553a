// Opens the real window under a driver, and makes sure that both are gone afterwards.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { remote } from 'webdriverio';

/** A folder for what a window keeps. Whoever makes one for two windows removes it. */
export function makeHome() {
  return mkdtempSync(join(tmpdir(), 'playground-'));
}

/** What a window is to see of the machine. */
export function environment(home) {
  return {
    ...process.env,
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
  };
}

/** `kept` is the folder of an earlier window, `files` what is named on the command line. */
export async function openWindow(program, kept, files = []) {
  const home = kept ?? makeHome();
  const env = { ...environment(home), TAURI_WEBVIEW_AUTOMATION: 'true' };
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], { env, stdio: 'ignore' });
  const browser = await connect(port, program, files);
  const app = children(driver.pid).find((pid) => commandOf(pid).startsWith(program));
  return {
    browser,
    app,
    /** Launches the app again, beside the window; what its process said and how it ended. */
    launch: (...named) =>
      new Promise((resolve) => {
        execFile(program, named, { env, timeout: 20_000 }, (error, _, said) => resolve({ code: error ? error.code : 0, said }));
      }),
    async close() {
      await browser.deleteSession().catch(() => undefined);
      driver.kill('SIGKILL');
      // The driver does not always end what it has started.
      if (app && commandOf(app).startsWith(program)) process.kill(app, 'SIGKILL');
      if (!kept) rmSync(home, { recursive: true, force: true });
    },
  };
}

async function connect(port, program, files) {
  const until = Date.now() + 20_000;
  for (;;) {
    try {
      return await remote({
        hostname: '127.0.0.1',
        port,
        logLevel: 'error',
        connectionRetryCount: 0,
        connectionRetryTimeout: 30_000,
        capabilities: {
          'wdio:enforceWebDriverClassic': true,
          'webkitgtk:browserOptions': { binary: program, args: files },
        },
      });
    } catch (error) {
      // The driver listens a moment after it was started.
      if (Date.now() > until || !/ECONNREFUSED|Unable to connect/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The same for the app itself, once its editor is there. */
export async function openApp(...how) {
  const window = await openWindow(...how);
  await window.browser.$('[aria-label="Program"]').waitForExist({ timeout: 20_000 });
  return window;
}

/** Kills a window's process, as a crash would; its children have to end with it. */
export async function kill({ app }) {
  const engines = children(app).filter((pid) => commandOf(pid).includes('monty-engine'));
  assert.ok(engines.length >= 1, 'the session has a child');
  process.kill(app, 'SIGKILL');
  const until = Date.now() + 5000;
  while (engines.some((pid) => commandOf(pid) !== '')) {
    assert.ok(Date.now() < until, 'a child outlived its window');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export function children(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

export function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]);
  } catch {
    return undefined;
  }
}
