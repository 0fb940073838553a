// What the benchmarks in a browser share: the built interface on loopback, with Pyodide beside it.

import { spawnSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

import { chromium } from '@playwright/test';

import { browserPath, cacheFolder, root, say } from './toolchain.mjs';

const PYODIDE = '314.0.7';
const ARGS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

export const openChromium = () => chromium.launch({ executablePath: browserPath(), args: ARGS });

export function installPyodide() {
  const folder = join(cacheFolder(), 'monty-playground', `peers-pyodide-${PYODIDE}`);
  const found = join(folder, 'node_modules', 'pyodide');
  if (!existsSync(join(found, 'pyodide.mjs'))) {
    say(`Pyodide ${PYODIDE}`);
    mkdirSync(folder, { recursive: true });
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    spawnSync(npm, ['install', '--no-save', '--ignore-scripts', '--no-audit', `pyodide@${PYODIDE}`], { cwd: folder, stdio: 'ignore' });
  }
  return existsSync(join(found, 'pyodide.mjs')) ? found : null;
}

/** The built interface, and beside it Pyodide. */
export function serve(peer) {
  const dist = join(root, 'dist');
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (path === '/peer.html') return response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>peer</title><body>');
    const file = peer && path.startsWith('/peer/') ? join(peer, path.slice(6)) : join(dist, path === '/' ? 'index.html' : path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({ address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() });
    });
  });
}
