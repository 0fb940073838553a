import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => {
  const desktop = mode === 'desktop';
  return {
    root: 'ui',
    base: './',
    cacheDir: '../node_modules/.vite',
    plugins: [svelte({ configFile: '../svelte.config.js' }), svelteTesting()],
    // A constant, so that the code of the other host is dropped from the bundle.
    define: { __HOST__: JSON.stringify(desktop ? 'desktop' : 'browser') },
    server: { host: '127.0.0.1', port: 5173, strictPort: true },
    worker: { format: 'es' },
    build: {
      outDir: desktop ? '../dist-desktop' : '../dist',
      emptyOutDir: true,
      target: ['es2022'],
      modulePreload: { polyfill: false },
      // A data: URL would need an exception in the content security policy.
      assetsInlineLimit: 0,
    },
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.ts'],
    },
  };
});
