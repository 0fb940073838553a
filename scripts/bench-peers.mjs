// `monty-engine stdio` beside the two official packages that embed the same interpreter. They are
// kept in the cache folder, and take turns with ours: a machine that slows down slows all three.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { platform } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { cacheFolder, say } from './toolchain.mjs';

/** Of what the registries have, the nearest to the interpreter in Cargo.lock. */
const PYTHON_PACKAGE = { name: 'pydantic-monty', version: '1.4.0' };
const NODE_PACKAGE = { name: '@pydantic/monty', version: '0.0.18' };

const FIB = 'def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(25)';
const LOOP = 's = 0\nfor i in range(1_000_000):\n    s += i * 2\ns';
const PAUSED = "names = ['a', 'b']\ncount = {'x': 1}\nnames.append(f(count))\nnames";
const CALLS = 100_000;

/** The same for all: nobody runs without limits. */
const LIMITS = { seconds: 60, memory: 512 * 1024 * 1024 };

const TASKS = [
  { what: 'fib(25)', act: 'run', rounds: 9, code: FIB, expected: 75025 },
  { what: 'loop of 1 M', act: 'run', rounds: 9, code: LOOP, expected: 999_999_000_000 },
  { what: `host call, of ${CALLS / 1000} 000`, act: 'calls', rounds: 5, code: `for i in range(${CALLS}): f(i)`, calls: CALLS },
  { what: 'session to its first result: process to be started', act: 'cold', rounds: 15, code: '1 + 1', expected: 2 },
  { what: 'session to its first result: process waiting', act: 'warm', rounds: 15, code: '1 + 1', expected: 2 },
  { what: 'dump and restore of a small paused session', act: 'dump', rounds: 15, code: PAUSED, answer: 'c', expected: ['a', 'b', 'c'] },
].map((task) => ({ ...task, ...LIMITS }));

/** Prints the table. Ours has to work; a peer that does not says so in its cells. */
export async function benchPeers(engineBinaryPath) {
  const ours = await openOurs(resolve(engineBinaryPath));
  const peers = [await openPeer(PYTHON_PACKAGE, 'Python', openPython), await openPeer(NODE_PACKAGE, 'Node', openNode)];
  const contenders = [ours, ...peers];
  try {
    console.log(`\n| ${['what', ...contenders.map((one) => one.title)].join(' | ')} |\n|${'---|'.repeat(contenders.length + 1)}`);
    for (const task of TASKS) console.log(await row(task, contenders));
  } finally {
    for (const one of contenders) await one.close?.();
  }
  console.log('\nMedians of rounds in turn; in brackets ours ÷ peer, so below 1 ours is faster. Ours is driven from Node and crosses');
  console.log('two processes, the Python package crosses one, the Node package runs inside Node and has no process to start.');
}

async function row(task, contenders) {
  const taken = contenders.map(() => []);
  const silent = contenders.map((one) => one.missing);
  for (let round = 0; round < task.rounds; round += 1) {
    for (const [index, one] of contenders.entries()) {
      if (silent[index] !== undefined) continue;
      try {
        const seconds = await one[task.act](task);
        if (seconds === undefined) silent[index] = '';
        else taken[index].push(seconds / (task.calls ?? 1));
      } catch (error) {
        if (index === 0) throw error;
        silent[index] = error.message;
      }
    }
  }
  const medians = taken.map((times) => times.sort((a, b) => a - b)[times.length >> 1]);
  const cells = contenders.map((_, index) => {
    if (silent[index] !== undefined) return silent[index] ? `— (${oneLine(silent[index])})` : '—';
    if (index === 0) return duration(medians[0]);
    return `${duration(medians[index])} (${silent[0] === undefined ? (medians[0] / medians[index]).toFixed(2) : '—'})`;
  });
  return `| ${[task.what, ...cells].join(' | ')} |`;
}

function oneLine(text) {
  return text.trim().split('\n')[0].replaceAll('|', '/').slice(0, 100);
}

function duration(seconds) {
  const [factor, unit] = seconds >= 1 ? [1, 's'] : seconds >= 1e-3 ? [1e3, 'ms'] : [1e6, 'µs'];
  return `${(seconds * factor).toFixed(2)} ${unit}`;
}

function check(value, expected, who) {
  if (!isDeepStrictEqual(value, expected)) {
    throw new Error(`${who} gave ${JSON.stringify(value)?.slice(0, 200)} where ${JSON.stringify(expected)} is right`);
  }
}

const secondsSince = (began) => (performance.now() - began) / 1000;

/** A process that answers each line of JSON with one. */
class Partner {
  #child;
  #heard = '';
  #waiting;
  #ended;

  constructor(command, args, options) {
    this.#child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => this.#hear(text));
    this.#child.stdin.on('error', () => {}); // The end of the process tells the same.
    this.ended = new Promise((done) => {
      const end = (reason) => {
        this.#ended ??= new Error(`${command} ended: ${reason}`);
        this.#waiting?.refuse(this.#ended);
        done();
      };
      this.#child.on('error', (error) => end(error.message)).on('close', (code, signal) => end(signal ?? code));
    });
  }

  #hear(text) {
    this.#heard += text;
    for (let end; (end = this.#heard.indexOf('\n')) >= 0;) {
      const line = JSON.parse(this.#heard.slice(0, end));
      this.#heard = this.#heard.slice(end + 1);
      if (!('event' in line)) this.#waiting.take(line);
    }
  }

  next() {
    return new Promise((take, refuse) => {
      this.#waiting = { take, refuse };
      if (this.#ended) refuse(this.#ended);
    });
  }

  ask(message) {
    const answer = this.next();
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    return answer;
  }

  async close() {
    this.#child.stdin.end();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(late);
  }
}

async function openOurs(binary) {
  const open = () => new Partner(binary, ['stdio']);
  const using = async (act) => {
    const session = open();
    try {
      return await act(session);
    } finally {
      await session.close();
    }
  };
  /** A session whose processes are up, as a spare one's are. */
  const ready = (act) => using(async (session) => {
    await session.ask({ id: 0, type: 'hello' });
    await new Promise((done) => setTimeout(done, 50));
    return act(session);
  });
  const source = ({ code, seconds, memory }) => ({ code, limits: { timeoutMs: seconds * 1000, memoryBytes: memory } });
  const started = ({ code, seconds, memory }) => ({ ...source({ code, seconds, memory }), id: 1, type: 'start', externalFunctions: ['f'] });
  const complete = (reply, expected) => {
    if (!reply.ok) throw new Error(`ours answered ${JSON.stringify(reply).slice(0, 300)}`);
    check(reply.value, expected, 'ours');
  };
  const result = async (session, task) => {
    const began = performance.now();
    const reply = await session.ask({ id: 1, type: 'run', ...source(task) });
    const seconds = secondsSince(began);
    complete(reply, task.expected);
    return seconds;
  };
  const { monty, capabilities } = await using((session) => session.ask({ id: 0, type: 'hello' }));

  return {
    title: `ours, over a pipe (monty ${monty})`,
    run: (task) => ready((session) => result(session, task)),
    warm: (task) => ready((session) => result(session, task)),
    async cold(task) {
      const began = performance.now();
      const session = open();
      const seconds = await result(session, task).then(() => secondsSince(began));
      await session.close();
      return seconds;
    },
    calls: (task) => ready(async (session) => {
      const got = [];
      const began = performance.now();
      let reply = await session.ask(started(task));
      while (reply.state === 'pending') {
        got.push(reply.args[0]);
        reply = await session.ask({ id: 1, type: 'resume', value: 1 });
      }
      const seconds = secondsSince(began);
      complete(reply, null);
      check(got, [...Array(task.calls).keys()], 'ours');
      return seconds;
    }),
    async dump(task) {
      if (!capabilities.includes('snapshot')) return undefined;
      const [out, data] = await ready(async (session) => {
        check((await session.ask(started(task))).state, 'pending', 'ours');
        const began = performance.now();
        const reply = await session.ask({ id: 2, type: 'snapshot' });
        check(reply.state, 'snapshot', 'ours');
        return [secondsSince(began), reply.data];
      });
      return ready(async (session) => {
        const began = performance.now();
        const reply = await session.ask({ id: 1, type: 'restore', data });
        const back = secondsSince(began);
        check(reply.state, 'pending', 'ours');
        complete(await session.ask({ id: 2, type: 'resume', value: task.answer }), task.expected);
        return out + back;
      });
    },
  };
}

/** A peer, or a stand-in that says why it is missing. */
async function openPeer({ name, version }, language, open) {
  const folder = join(cacheFolder(), 'monty-playground', `peers-${version}`, language.toLowerCase());
  const title = (found) => `${name} ${found} (${language})`;
  try {
    mkdirSync(folder, { recursive: true });
    const { version: found, ...peer } = await open(folder, name, version);
    return { title: title(found), ...peer };
  } catch (error) {
    say(`${name}: ${error.message}`);
    return { title: title(version), missing: error.message };
  }
}

/** Runs a step of a set-up; what the tool has to say goes to stderr. */
function step(command, args, failure, options) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], timeout: 300_000, ...options });
  if (error?.code === 'ENOENT') throw new Error(`${command} is missing`);
  if (error || status !== 0) throw new Error(failure);
}

async function openPython(folder, name, version) {
  const windows = platform() === 'win32';
  const python = windows ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  // Isolated: what the user has installed, or told Python in the environment, is not measured.
  const proof = ['-I', '-c', `from importlib.metadata import version; import pydantic_monty; assert version('${name}') == '${version}'`];
  if (spawnSync(python, proof, { stdio: 'ignore' }).status !== 0) {
    say(`${name} ${version} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    step(windows ? 'python' : 'python3', ['-m', 'venv', folder], 'python3 cannot make a virtual environment');
    // Without wheels there would be an interpreter to compile.
    const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--only-binary', ':all:'];
    step(python, ['-m', 'pip', 'install', ...options, `${name}==${version}`], 'pip cannot install it');
    step(python, proof, 'it cannot be imported');
  }
  const script = fileURLToPath(new URL('bench-peers.py', import.meta.url));
  const partner = new Partner(python, ['-I', script], { env: { ...process.env, MONTY_BIN: undefined } });
  const said = await partner.next();
  const ask = async (task) => {
    const reply = await partner.ask(task);
    if (reply.wrong) throw new Error(reply.wrong);
    return reply.seconds;
  };
  return { version: said.version, run: ask, calls: ask, cold: ask, warm: ask, dump: ask, close: () => partner.close() };
}

async function openNode(folder, name, version) {
  const modules = join(folder, 'node_modules');
  // npm writes this when all else is in its place.
  if (!existsSync(join(modules, '.package-lock.json'))) {
    say(`${name} ${version} into ${folder}`);
    rmSync(modules, { recursive: true, force: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
    const windows = platform() === 'win32';
    const args = ['install', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel', 'error'];
    step(windows ? 'npm.cmd' : 'npm', args, 'npm cannot install it', { cwd: folder, shell: windows });
  }
  const found = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version;
  const { Monty, MontyRepl, MontySnapshot } = await import(pathToFileURL(createRequire(join(modules, 'x')).resolve(name)));

  const limits = ({ seconds, memory }) => ({ maxDurationSecs: seconds, maxMemory: memory });
  const timed = (act, expected) => {
    const began = performance.now();
    const value = act();
    const seconds = secondsSince(began);
    check(value, expected, name);
    return seconds;
  };
  const first = (task) => timed(() => new MontyRepl({ limits: limits(task) }).feed(task.code), task.expected);
  return {
    version: found,
    run: (task) => timed(() => new Monty(task.code).run({ limits: limits(task) }), task.expected),
    cold: first,
    warm: first,
    calls(task) {
      const got = [];
      const f = (i) => {
        got.push(i);
        return 1;
      };
      const seconds = timed(() => new Monty(task.code).run({ limits: limits(task), externalFunctions: { f } }), null);
      check(got, [...Array(task.calls).keys()], name);
      return seconds;
    },
    dump(task) {
      const paused = new Monty(task.code).start({ limits: limits(task) });
      const began = performance.now();
      const restored = MontySnapshot.load(paused.dump());
      const seconds = secondsSince(began);
      check(restored.resume({ returnValue: task.answer }).output, task.expected, name);
      return seconds;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv[2]) {
    console.error('node scripts/bench-peers.mjs path/to/monty-engine');
    process.exit(2);
  }
  await benchPeers(process.argv[2]);
}
