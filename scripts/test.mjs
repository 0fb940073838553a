// Everything that can be tested, from a fresh clone: sets up what is missing, then runs it.

import { fuzz } from './fuzz.mjs';
import { buildEngineForBrowser, buildInterface, prepare, run } from './toolchain.mjs';
import { checkInterface, lintRust, testBrowser, testWindow } from './steps.mjs';

const env = prepare('compiler', 'rust', 'linker', 'wasm', 'window', 'display', 'browser', 'modules');
buildEngineForBrowser(env);
checkInterface(env);
buildInterface(env, 'browser');
buildInterface(env, 'desktop');
lintRust(env);
// What a person chooses in a dialog of the system, tests say in a file.
run(env, 'the window and its engine', 'cargo', ['build', '--locked', '--workspace', '--features', 'monty-playground/scripted-dialogs']);
run(env, 'the same as people get it', 'cargo', ['build', '--locked', '--workspace', '--bins', '--release']);
await testBrowser(env);
await testWindow(env);
fuzz(env, 10);
run(env, 'tests of the engine and of the command line', 'cargo', ['test', '--locked', '--workspace']);
