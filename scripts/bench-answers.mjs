// A blocking call through the window and back: a page that answers every wait at once, without a
// driver, which would slow it down.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { environment, makeHome } from '../tests/desktop/window.mjs';

const ROUNDS = 5;
const PATIENCE = 30_000;

export async function benchAnswers(target) {
  const examples = join(target, 'examples');
  // The window looks for the engine beside itself.
  copyFileSync(join(target, 'monty-engine'), join(examples, 'monty-engine'));
  const taken = [];
  for (let round = 0; round < ROUNDS; round += 1) taken.push(await measure(join(examples, 'answers')));
  const middle = (what) => taken.map((figures) => figures[what]).sort((a, b) => a - b)[ROUNDS >> 1];
  const [ours, trip] = [middle('median'), middle('trip')];
  console.log(`| a blocking call through the window and back, a trip through the web view alone | ${ours} µs | ${trip} µs | ${(ours / trip).toFixed(2)} | ≤ 500 µs |`);
  console.log(`|   the slowest of a hundred | ${middle('late')} µs | — | | — |`);
}

async function measure(program) {
  const home = makeHome();
  const kept = join(home, 'data', 'monty-playground', 'workspace.json');
  const window = spawn(program, { env: environment(home), stdio: 'ignore' });
  try {
    const until = Date.now() + PATIENCE;
    while (!existsSync(kept)) {
      if (Date.now() > until) throw new Error('the page that answers has told nothing');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const figures = JSON.parse(readFileSync(kept, 'utf8'));
    if (figures.error) throw new Error(figures.error);
    return figures;
  } finally {
    window.kill();
    rmSync(home, { recursive: true, force: true });
  }
}
