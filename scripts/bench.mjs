// One table of figures, each beside its peer in the same run. The profile is that of development,
// in which the interpreter and our crates are optimised as in a release: nothing compiles twice.

import { prepare, run } from './toolchain.mjs';

const env = prepare('compiler', 'rust', 'linker', 'window');
run(env, 'benchmarks', 'cargo', ['bench', '--locked', '--workspace', '--profile', 'dev', '--bench', 'engine']);
