// Builds the browser version and serves it on loopback.

import { join } from 'node:path';

import { preview } from 'vite';

import { root, say } from './toolchain.mjs';

export async function serve() {
  const server = await preview({
    root: join(root, 'ui'),
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    preview: { host: '127.0.0.1', port: 4173 },
  });
  say(`Monty Playground is at ${server.resolvedUrls?.local[0]} (Ctrl+C ends it)`);
}
