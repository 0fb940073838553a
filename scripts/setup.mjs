import { prepare, say } from './toolchain.mjs';

const env = prepare('compiler', 'rust', 'linker', 'wasm', 'window', 'display', 'browser', 'modules');
say(`ready; builds go to ${env.CARGO_TARGET_DIR}`);
