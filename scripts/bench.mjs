// Figures, each beside its peer in the same run. The profile is that of development,
// in which the interpreter and our crates are optimised as in a release: nothing compiles twice.

import { platform } from 'node:os';
import { join } from 'node:path';

import { benchPeers } from './bench-peers.mjs';
import { withDisplay } from './steps.mjs';
import { buildEngineForBrowser, buildInterface, prepare, run } from './toolchain.mjs';

const linux = platform() === 'linux';
const env = prepare('compiler', 'rust', 'linker', 'window', 'modules', ...(linux ? ['display', 'browser', 'wasm'] : []));
buildInterface(env, 'desktop');
if (linux) {
  buildEngineForBrowser(env);
  buildInterface(env, 'browser');
}
run(env, 'the window and an empty one', 'cargo', ['build', '--locked', '--workspace', '--examples', '--bins']);
run(env, 'benchmarks', 'cargo', ['bench', '--locked', '--workspace', '--profile', 'dev', '--bench', 'engine']);
if (linux) {
  await withDisplay(async (display) => {
    Object.assign(process.env, display);
    const { benchWindow } = await import('./bench-window.mjs');
    await benchWindow(join(env.CARGO_TARGET_DIR, 'debug'));
    const { benchStage } = await import('./bench-stage.mjs');
    await benchStage(join(env.CARGO_TARGET_DIR, 'debug'));
  });
}
// Last, because the rows of the window go on with the table of the engine.
await benchPeers(join(env.CARGO_TARGET_DIR, 'debug', 'monty-engine'));
