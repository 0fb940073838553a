// `npm run engine -- run file.py`: builds monty-engine if need be and runs it.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { platform } from 'node:os';

import { prepare, run } from './toolchain.mjs';

const env = prepare('compiler', 'rust', 'linker', 'window');
run(env, 'build', 'cargo', ['build', '--locked', '--quiet', '--workspace'], { stdio: ['ignore', 2, 2] });
const program = join(env.CARGO_TARGET_DIR, 'debug', `monty-engine${platform() === 'win32' ? '.exe' : ''}`);
const { status } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
process.exit(status ?? 1);
