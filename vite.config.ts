import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { readFrame, stageFrame } from './ui/src/stage/frame/plugin.js';

/** The browser version is static files, so its policy stands in the page. The window's is in tauri.conf.json. */
export const POLICY = [
  "default-src 'none'",
  // The stage's frame has this policy too, beside its own; its script is known by its hash.
  `script-src 'self' 'wasm-unsafe-eval' '${readFrame().scriptHash}'`,
  // CodeMirror adds style elements, and a page without a server has no nonce to give them.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const policy: Plugin = {
  name: 'policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
};

/** WebKit reads a script sooner where each of its characters is a byte. */
const ascii: Plugin = {
  name: 'ascii',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      if (/(?<!\\)(?:\\\\)*\\[\u0080-\uffff]/.test(chunk.code)) this.error(`${chunk.fileName}: a backslash before a sign that is not ASCII`);
      chunk.code = chunk.code.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

/** What is wanted as soon as the window is there is asked for with the page, and read when it is wanted. */
const early: Plugin = {
  name: 'early',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle }) {
      const assistance = Object.values(bundle ?? {}).find(({ type, name }) => type === 'chunk' && name === 'assistance');
      if (!assistance) throw new Error('the editor has no assistance');
      return [{ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${assistance.fileName}` }, injectTo: 'head' }];
    },
  },
};

/** What the first sight of the window does without; it comes when the window is there. */
const LATER = /@codemirror[\\/](?:autocomplete|lang-python|lint|search)|@lezer[\\/](?:lr|python)|panels[\\/](?:events|examples|files|functions|sequence|snapshots|timeline|variables)|src[\\/]examples|editor[\\/]assistance/;
/** The rest is one file: each file more is a trip through the web view. */
const isFirst = (id: string): boolean => !LATER.test(id);

export default defineConfig(({ mode }) => {
  const desktop = mode === 'desktop';
  return {
    root: 'ui',
    base: './',
    cacheDir: '../node_modules/.vite',
    plugins: [svelte({ configFile: '../svelte.config.js' }), svelteTesting(), stageFrame(), ascii, early, ...(desktop ? [] : [policy])],
    // Only one of the two is bundled.
    resolve: { alias: { '#host': `/src/host/${desktop ? 'desktop' : 'web'}.ts` } },
    server: { host: '127.0.0.1', port: 5173, strictPort: true },
    worker: { format: 'es' },
    build: {
      outDir: desktop ? '../dist-desktop' : '../dist',
      emptyOutDir: true,
      target: ['es2022'],
      // The editor alone is most of it, and is needed at once.
      chunkSizeWarningLimit: 900,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        // In a browser the host is a module for itself too: sessions without the interface.
        ...(desktop ? {} : { input: { index: 'ui/index.html', host: 'ui/src/host/web.ts' }, preserveEntrySignatures: 'exports-only' as const }),
        output: { codeSplitting: { groups: [{ name: 'base', test: isFirst }] } },
      },
      // A data: URL would need an exception in the content security policy.
      assetsInlineLimit: 0,
    },
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.ts'],
    },
  };
});
