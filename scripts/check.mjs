// What has to hold before every commit: format, lints, unit tests.

import { prepare, run } from './toolchain.mjs';

const env = prepare('compiler', 'rust', 'linker');
run(env, 'format', 'cargo', ['fmt', '--check']);
run(env, 'lints', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings']);
const quick = ['value', 'message', 'frame', 'drive', 'layers'].flatMap((name) => ['--test', name]);
run(env, 'unit tests', 'cargo', ['test', '--locked', '--workspace', '--lib', ...quick]);
