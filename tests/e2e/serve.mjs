// Serves the built files as any plain server would: no special headers. Beside them, under /testing/,
// the page that has the host alone.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
const testing = join(root, 'dist-testing');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

process.chdir(root);
await build({ configFile: join(root, 'vite.config.ts'), mode: 'testing', logLevel: 'warn' });

createServer((request, response) => {
  const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
  const [folder, name] = path.startsWith('/testing/') ? [testing, path.slice('/testing'.length)] : [dist, path];
  const file = join(folder, name === '/' ? 'index.html' : name);
  if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}).listen(4179, '127.0.0.1');
