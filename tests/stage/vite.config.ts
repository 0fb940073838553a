import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

import { stageFrame } from '../../ui/src/stage/frame/plugin.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('./harness'),
  base: './',
  logLevel: 'warn',
  plugins: [svelte({ configFile: here('../../svelte.config.js') }), stageFrame()],
  // What the main build does, but for the policy: serve.mjs sends it.
  build: {
    outDir: here('../../test-results/harness'),
    emptyOutDir: true,
    target: ['es2022'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
