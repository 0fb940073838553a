// What has to hold before every commit: format, lints, types, unit tests.

import { buildEngineForBrowser, buildInterface, prepare, run } from './toolchain.mjs';
import { checkInterface, lintRust } from './steps.mjs';

const env = prepare('compiler', 'rust', 'linker', 'wasm', 'window', 'modules');
buildEngineForBrowser(env);
checkInterface(env);
buildInterface(env, 'desktop');
lintRust(env);
const quick = ['value', 'message', 'frame', 'drive', 'layers'].flatMap((name) => ['--test', name]);
run(env, 'unit tests', 'cargo', ['test', '--locked', '--workspace', '--lib', ...quick]);
