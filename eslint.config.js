import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const nodeGlobals = ['process', 'console', 'URL', 'Buffer', 'performance', 'fetch', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];
const rawHtml = ['innerHTML', 'outerHTML', 'insertAdjacentHTML'];

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dist/',
      'dist-desktop/',
      'src-tauri/',
      'playwright-report/',
      'test-results/',
      // Generated from Rust.
      'ui/src/host/bindings.ts',
      'ui/src/host/engine/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    // TypeScript knows the globals; svelte-check reports the unknown ones.
    files: ['**/*.ts', '**/*.svelte'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    files: ['ui/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      'svelte/no-at-html-tags': 'error',
      'no-restricted-properties': ['error', ...rawHtml.map((property) => ({ property, message: 'Text only: build nodes.' }))],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@tauri-apps/*'], message: 'Only ui/src/host speaks to Tauri.' }] },
      ],
    },
  },
  { files: ['ui/src/host/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    // Functions in these run in the page.
    files: ['tests/desktop/**'],
    languageOptions: {
      globals: Object.fromEntries(['document', 'window', 'DataTransfer', 'ClipboardEvent'].map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['**/*.mjs', '*.js', 'scripts/**'],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
  },
);
