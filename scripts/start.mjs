// `npm start`: opens the window, or serves the browser version where there is no display.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { platform } from 'node:os';

import { buildDesktop, buildWeb } from './build.mjs';
import { say } from './toolchain.mjs';

const wanted = process.argv[2];
const display = platform() !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;

if (wanted !== 'web' && display) {
  const env = buildDesktop();
  const program = join(env.CARGO_TARGET_DIR, 'debug', `monty-playground${platform() === 'win32' ? '.exe' : ''}`);
  spawn(program, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
} else {
  if (wanted !== 'web') say('there is no display; serving the browser version instead');
  buildWeb();
  const { serve } = await import('./web.mjs');
  await serve();
}
