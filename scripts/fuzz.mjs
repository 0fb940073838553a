// Coverage-guided fuzzing of the crate `protocol`: `npm run fuzz [-- seconds]`, so long for each
// target. It needs no nightly Rust and no cargo-fuzz.

import { spawnSync } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { platform } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { fail, prepare, run, say, workspace } from './toolchain.mjs';

/** The targets, and the longest input that each is given. */
const TARGETS = { frames: 4096, value: 4096, stdio: 4096 };

/** What makes rustc count the branches that an input takes, and the operands it compares. */
const FLAGS = [
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
  '-Cllvm-args=-simplifycfg-branch-fold-threshold=0',
  '--cfg', 'fuzzing',
];

const folder = join(workspace, 'fuzz');

/** Runs every target for so many seconds. Elsewhere than on Linux it does nothing. */
export function fuzz(env, seconds) {
  if (platform() !== 'linux') return;
  const target = join(env.CARGO_TARGET_DIR, 'fuzz-target');
  const triple = hostTriple(env);
  // With `--target` the flags spare build scripts and macros, which are not linked with libFuzzer.
  const flags = { CARGO_TARGET_DIR: target, CARGO_ENCODED_RUSTFLAGS: FLAGS.join('\x1f') };
  const build = ['build', '--locked', '--release', '--bins', '--target', triple];
  run({ ...env, ...flags }, 'the fuzz targets', 'cargo', build, { cwd: folder });
  for (const [name, longest] of Object.entries(TARGETS)) {
    fuzzTarget(name, longest, seconds, join(target, triple, 'release', name), join(target, 'corpus', name));
  }
}

function fuzzTarget(name, longest, seconds, binary, corpus) {
  say(`fuzzing ${name} for ${seconds} s`);
  const artifacts = join(folder, 'artifacts', name);
  for (const path of [corpus, artifacts]) mkdirSync(path, { recursive: true });
  const limits = [`-max_total_time=${seconds}`, '-timeout=5', '-rss_limit_mb=1024', `-max_len=${longest}`];
  const args = [...limits, `-artifact_prefix=${artifacts}/`, '-print_final_stats=1', corpus, join(folder, 'seeds', name)];
  const { status, signal, error, stderr } = spawnSync(binary, args, {
    encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (error) fail(`${binary} cannot run: ${error.message}`);
  const runs = /^stat::number_of_executed_units: *(\d+)/m.exec(stderr)?.[1];
  const rate = /^stat::average_exec_per_sec: *(\d+)/m.exec(stderr)?.[1];
  if (status === 0 && Number(runs) > 0) return say(`${name}: ${runs} inputs, ${rate} a second`);
  const lines = stderr.split('\n');
  const first = Math.max(lines.findIndex((line) => /panicked at|ERROR: libFuzzer/.test(line)), 0);
  console.error(lines.slice(first, first + 40).map((line) => line.slice(0, 1000)).join('\n'));
  const found = /Test unit written to (.+)$/m.exec(stderr)?.[1];
  if (!found) fail(`fuzzing ${name} ended with ${signal ?? `status ${status}`} and left no input behind.`);
  const input = relative(process.cwd(), found);
  fail(`fuzzing ${name} found an input that breaks it: ${input}\n  Again: ${binary} ${input}`);
}

function hostTriple(env) {
  const { stdout } = spawnSync('rustc', ['-vV'], { env, encoding: 'utf8' });
  return /^host: (.+)$/m.exec(stdout ?? '')?.[1] ?? fail('rustc does not say what it builds for.');
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const seconds = Number(process.argv[2] ?? 60);
  if (!Number.isInteger(seconds) || seconds < 1) fail('npm run fuzz [-- seconds]: a whole number of seconds, 1 or more.');
  if (platform() !== 'linux') fail('Fuzzing runs on Linux only.');
  fuzz(prepare('compiler', 'rust', 'linker'), seconds);
}
