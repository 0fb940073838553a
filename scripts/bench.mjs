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
// `npm run bench -- release` takes the window's rows from a release, which compiles once more for it.
const release = process.argv.includes('release');
run(env, 'the window and an empty one', 'cargo', ['build', '--locked', '--workspace', '--examples', '--bins', ...(release ? ['--release'] : [])]);
run(env, 'benchmarks', 'cargo', ['bench', '--locked', '--workspace', '--profile', 'dev', '--bench', 'engine']);
if (linux) {
  await withDisplay(async (display) => {
    Object.assign(process.env, display);
    const target = join(env.CARGO_TARGET_DIR, release ? 'release' : 'debug');
    const { benchWindow } = await import('./bench-window.mjs');
    await benchWindow(target);
    const { benchFloods } = await import('./bench-floods.mjs');
    await benchFloods(target);
    const { benchAnswers } = await import('./bench-answers.mjs');
    await benchAnswers(target);
    const { benchStage } = await import('./bench-stage.mjs');
    await benchStage(target);
    const { benchLoad } = await import('./bench-load.mjs');
    await benchLoad();
  });
}
// Last, because the rows of the window go on with the table of the engine.
await benchPeers(join(env.CARGO_TARGET_DIR, release ? 'release' : 'debug', 'monty-engine'));
