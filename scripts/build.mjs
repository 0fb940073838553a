// Builds one way of showing the interface: `desktop` (the window and its engine) or `web`
// (static files that need no server of ours and no special headers).

import { join } from 'node:path';

import { buildEngineForBrowser, buildInterface, fail, prepare, root, run, say } from './toolchain.mjs';

export function buildDesktop() {
  const env = prepare('compiler', 'rust', 'linker', 'window', 'modules');
  buildInterface(env, 'desktop');
  run(env, 'the window and its engine', 'cargo', ['build', '--locked', '--workspace']);
  return env;
}

export function buildWeb() {
  const env = prepare('compiler', 'rust', 'linker', 'wasm', 'modules');
  buildEngineForBrowser(env);
  buildInterface(env, 'browser');
  return env;
}

if (process.argv[1]?.endsWith('build.mjs')) {
  const what = process.argv[2];
  if (what === 'desktop') buildDesktop();
  else if (what === 'web') {
    buildWeb();
    say(`static files are in ${join(root, 'dist')}`);
  } else fail('Say what to build: desktop or web.');
}
