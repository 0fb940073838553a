import { prepare, say } from './toolchain.mjs';

const env = prepare('compiler', 'rust', 'linker', 'wasm');
say(`ready; builds go to ${env.CARGO_TARGET_DIR}`);
