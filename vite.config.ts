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

export default defineConfig(({ mode }) => {
  const desktop = mode === 'desktop';
  return {
    root: 'ui',
    base: './',
    cacheDir: '../node_modules/.vite',
    plugins: [svelte({ configFile: '../svelte.config.js' }), svelteTesting(), stageFrame(), ...(desktop ? [] : [policy])],
    // A constant, so that the code of the other host is dropped from the bundle.
    define: { __HOST__: JSON.stringify(desktop ? 'desktop' : 'browser') },
    server: { host: '127.0.0.1', port: 5173, strictPort: true },
    worker: { format: 'es' },
    build: {
      outDir: desktop ? '../dist-desktop' : '../dist',
      emptyOutDir: true,
      target: ['es2022'],
      // The editor alone is most of it, and is needed at once.
      chunkSizeWarningLimit: 900,
      modulePreload: { polyfill: false },
      // What the first sight of the window needs is one file: each file more is a trip through the web view.
      rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'base', test: /node_modules|src[\\/](?:shell|state|text|host|stage|style|panels[\\/](?:scroll|value))[\\/]/ }] } } },
      // A data: URL would need an exception in the content security policy.
      assetsInlineLimit: 0,
    },
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.ts'],
    },
  };
});
