// Builds the harness, and serves it under the policy of the browser version or (?window) of the window.
// `stage.invalid` of the self-test is nobody; /count says what was asked of this server.

import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, loadConfigFromFile } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here('../../test-results/harness');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const main = await loadConfigFromFile({ command: 'build', mode: 'browser' }, here('../../vite.config.ts'));
if (!main) throw new Error('vite.config.ts cannot be read');
await build({ configFile: here('./vite.config.ts') });

const policyOfWindow = () => {
  const { csp } = JSON.parse(readFileSync(here('../../src-tauri/tauri.conf.json'), 'utf8')).app.security;
  return Object.entries(csp).map(([name, value]) => `${name} ${value}`).join('; ');
};
const policyOfBrowser = main.config.plugins.flat().find((plugin) => plugin?.name === 'policy').transformIndexHtml()[0].attrs.content;

const asked = [];
createServer((request, response) => {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/asked') return response.end(JSON.stringify(asked));
  const file = join(dist, normalize(pathname === '/' ? 'index.html' : pathname));
  if (!file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
    asked.push(pathname);
    return response.writeHead(404).end();
  }
  const headers = { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' };
  if (extname(file) === '.html') headers['content-security-policy'] = search === '?window' ? policyOfWindow() : policyOfBrowser;
  response.writeHead(200, headers);
  createReadStream(file).pipe(response);
}).listen(Number(process.env.PORT), '127.0.0.1');
