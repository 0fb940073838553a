// Everything that can be tested, from a fresh clone: sets up what is missing, then runs it.

import { prepare, run, wasm } from './toolchain.mjs';

const env = prepare('compiler', 'rust', 'linker', 'wasm');
run(env, 'format', 'cargo', ['fmt', '--check']);
run(env, 'lints', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings']);
const browser = wasm(env);
run(browser.env, 'the engine for the browser', 'cargo', ['build', '--locked', '-p', 'engine', ...browser.flags]);
run(env, 'tests', 'cargo', ['test', '--locked', '--workspace']);
