// Every operation of a session through the window's own commands, with the names and arguments of
// ui/src/host/bindings.ts.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';

import { ENDLESS } from '../scenarios.mjs';
import { makeHome, openApp } from './window.mjs';

const program = join(process.env.CARGO_TARGET_DIR ?? 'src-tauri/target', 'debug', 'monty-playground');
const LOOP = 'while True: pass';

let window;
let session;

before(async () => {
  window = await open();
});

after(() => window?.close());

beforeEach(async () => {
  session = await window.browser.execute(() => globalThis.driven.open());
});

afterEach(() => invoke('close_session', { session }));

async function open(home) {
  const opened = await openApp(program, home);
  await opened.browser.execute(install);
  return opened;
}

/** Runs in the page. */
function install() {
  const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
  const printed = new Map();
  const line = () => {
    const heard = { session: 0, text: '' };
    const channel = transformCallback(({ message }) => {
      if (!message) return;
      for (const { text } of message.batch.events) heard.text += text;
      if (message.acknowledge) void invoke('acknowledge', { session: heard.session });
    });
    return { heard, onEvents: `__CHANNEL__:${channel}` };
  };
  const opened = (heard, session) => {
    heard.session = session;
    printed.set(session, heard);
    return session;
  };
  globalThis.driven = {
    open: async () => {
      const { heard, onEvents } = line();
      return opened(heard, await invoke('open_session', { onEvents }));
    },
    fork: async (session, at) => {
      const { heard, onEvents } = line();
      const forked = await invoke('fork', { session, at, onEvents });
      if (forked.session !== null) opened(heard, forked.session);
      return forked;
    },
    ask: (command, args) => invoke(command, args),
    printed: (session) => printed.get(session).text,
    /** Begins a loop, stops it, and gives both answers. */
    loop: async (session, code) => {
      const ended = invoke('feed', { session, source: { code } });
      await new Promise((resolve) => setTimeout(resolve, 200));
      const stopped = await invoke('cancel', { session });
      return [stopped.answer, (await ended).answer];
    },
  };
}

const invoke = (command, args) => window.browser.execute((command, args) => globalThis.driven.ask(command, args), command, args);
const ask = async (command, args = {}) => (await invoke(command, { session, ...args })).answer;
const source = (code, ...externalFunctions) => ({ source: { code, externalFunctions } });
const start = (code, ...names) => ask('start', source(code, ...names));
const feed = (code, ...names) => ask('feed', source(code, ...names));
const resume = (json) => ask('resume', { json });
const snapshot = async () => {
  const { state, data } = await ask('snapshot', { at: null });
  assert.equal(state, 'snapshot');
  return data;
};

function gives({ state, value, ...rest }, repr) {
  assert.deepEqual({ state, repr: value?.repr }, { state: 'value', repr }, JSON.stringify(rest));
}

async function entries() {
  const { state, page } = await ask('record', { from: 0, limit: null, whole: true });
  assert.equal(state, 'record');
  return JSON.parse(page).entries;
}

const calls = async () => (await entries()).filter(({ kind }) => kind === 'call');

async function stopsALoop() {
  const [stopped, ended] = await window.browser.execute((session, code) => globalThis.driven.loop(session, code), session, LOOP);
  assert.equal(stopped.state, 'cancelled');
  assert.equal(ended.error.kind, 'cancelled');
}

test('a call is answered with a value, exactly', async () => {
  const { state, functionName, args, kwargs, range } = await start("print('on')\nfetch(1, key='k') * 2", 'fetch');
  assert.deepEqual({ state, functionName, args, kwargs, at: range.start }, {
    state: 'pending',
    functionName: 'fetch',
    args: [{ json: '1', repr: '1' }],
    kwargs: [{ name: 'key', value: { json: '"k"', repr: "'k'" } }],
    at: { line: 2, column: 1 },
  });
  assert.equal(await window.browser.execute((session) => globalThis.driven.printed(session), session), 'on\n');
  gives(await resume('123456789012345678901234567890'), '246913578024691357802469135780');
});

test('what is no JSON is refused', async () => {
  await start('fetch()', 'fetch');
  for (const json of ['{', '1, "type": "cancel"', '']) {
    const { state, code } = await resume(json);
    assert.deepEqual({ state, code }, { state: 'refused', code: 'badValue' });
  }
  gives(await resume('5.0'), '5.0');
});

test('a call is answered with an error, not found, or another program', async () => {
  const code = 'try:\n    fetch()\nexcept Exception as e:\n    found = repr(e)\nfound';
  await start(code, 'fetch');
  gives(await ask('resume_with_error', { error: { excType: 'TimeoutError', message: 'no' } }), `"TimeoutError('no')"`);
  await start(code, 'fetch');
  assert.match(JSON.stringify(await ask('resume_not_found')), /NameError/);
  await start('fetch() + 1', 'fetch');
  const script = { code: 'n * 10', inputs: [{ name: 'n', json: '4' }], scriptName: 'answer.py' };
  gives(await ask('resume_with_script', script), '41');
});

test('calls of a gather are left open and resolved together', async () => {
  const code = 'import asyncio\nasync def main():\n    return await asyncio.gather(get(1), get(2))\nawait main()';
  assert.equal((await start(code, 'get')).state, 'pending');
  assert.equal((await ask('resume_as_future')).state, 'pending');
  assert.deepEqual(await ask('resume_as_future'), { state: 'resolveFutures', callIds: [0, 1] });
  const answers = [{ callId: 1, json: '"b"', error: null }, { callId: 0, json: '"a"', error: null }];
  gives(await ask('resolve_futures', { answers }), "['a', 'b']");
});

test('feeds keep names, past a loop that was stopped', async () => {
  await feed('kept = [1, 2]');
  await stopsALoop();
  gives(await feed('kept.append(3)\nkept'), '[1, 2, 3]');
});

test('a snapshot in the middle of a call goes on after a loop was stopped, and in another session', async () => {
  await start('x = 20\nfetch() + x', 'fetch');
  const data = await snapshot();
  await resume('0');
  await stopsALoop();
  for (const round of [1, 2]) {
    assert.equal((await ask('restore', { data, acceptForeign: false })).state, 'pending', `round ${round}`);
    gives(await resume('22'), '42');
    await invoke('close_session', { session });
    session = await window.browser.execute(() => globalThis.driven.open());
  }
});

test('an altered snapshot is refused with the reason', async () => {
  await feed('x = 1');
  const bytes = Buffer.from(await snapshot(), 'base64');
  bytes[bytes.length - 1] ^= 1;
  const altered = await ask('restore', { data: bytes.toString('base64'), acceptForeign: false });
  assert.deepEqual([altered.state, altered.code], ['refused', 'badSnapshot']);
  assert.match(altered.reason, /foreign|altered/);
  assert.equal((await ask('restore', { data: 'no base64!', acceptForeign: false })).reason, 'notASnapshot');
  gives(await feed('x'), '1');
});

test('variables are listed and opened', async () => {
  await feed("people = {'ada': [1, 2]}\nn = 3");
  const { variables } = await ask('variables', { at: null, open: [], from: 0 });
  const people = variables.find(({ name }) => name === 'people');
  assert.deepEqual([people.type, people.size, people.opens], ['dict', 1, true]);
  const opened = await ask('variables', { at: null, open: ['people', 0], from: 0 });
  assert.deepEqual(opened.variables.map(({ preview }) => preview), ['1', '2']);
});

test('a program is diagnosed, and a text for the prompt judged', async () => {
  const { diagnostics } = await ask('diagnose', { code: 'x = 1\ny = = 2' });
  assert.deepEqual(diagnostics.map(({ severity, range }) => [severity, range.start]), [['error', { line: 2, column: 5 }]]);
  assert.equal((await ask('continuation', { code: 'f(' })).mode, 'incompleteImplicit');
});

test('an endless question costs neither the session nor the call that waits', { timeout: 120_000 }, async () => {
  await start('x = 40\nfetch() + x', 'fetch');
  assert.equal((await ask('diagnose', { code: ENDLESS })).state, 'refused');
  assert.deepEqual((await ask('diagnose', { code: '1' })).diagnostics, []);
  gives(await resume('2'), '42');
});

test('the record has what happened, and can be switched off', async () => {
  await start("print('on')\nfetch('a')", 'fetch');
  await resume('1');
  assert.deepEqual((await entries()).map(({ kind }) => kind), ['run', 'print', 'call', 'end']);
  assert.equal((await calls())[0].answer.value, 1);
  assert.equal((await ask('set_recording', { on: false })).state, 'record');
  await feed('1');
  assert.deepEqual((await entries()).map(({ kind }) => kind).slice(4), ['state']);
});

test('a large value of the record is fetched by its id', async () => {
  await feed("'x' * 20_000");
  const { page } = await ask('record', { from: 0, limit: null, whole: false });
  const id = /"\$blob":\{"id":"([^"]+)"/.exec(page)[1];
  assert.equal((await ask('record_value', { id })).value.json, `"${'x'.repeat(20_000)}"`);
  assert.equal((await ask('record_value', { id: 'none' })).code, 'badInput');
});

test('a fork takes another answer and leaves the session as it was', async () => {
  await start("a = fetch('a')\nb = fetch('b')\na + b", 'fetch');
  await resume('1');
  const at = (await calls())[0].seq;
  const parent = session;
  const forked = await window.browser.execute((session, at) => globalThis.driven.fork(session, at), session, at);
  assert.equal(forked.reply.answer.state, 'pending');
  session = forked.session;
  await resume('10');
  gives(await resume('20'), '30');
  await invoke('close_session', { session });
  session = parent;
  gives(await resume('2'), '3');
  const none = await window.browser.execute((session) => globalThis.driven.fork(session, 0), session);
  assert.deepEqual([none.session, none.reply.answer.state], [null, 'refused']);
});

test('the past can be looked at', async () => {
  await start('n = 1\nfetch()\nn = 2\nfetch()', 'fetch');
  await resume('null');
  const at = (await calls())[0].seq;
  const { variables } = await ask('variables', { at, open: [], from: 0 });
  assert.deepEqual(variables.map(({ name, preview }) => [name, preview]), [['n', '1']]);
});

test('a replay goes the same way', async () => {
  await start("import random\nprint(random.random())\nfetch('a')", 'fetch');
  await resume('1');
  await feed('x = 1');
  await stopsALoop();
  await feed('x + 1');
  const { state, same, calls } = await ask('replay');
  assert.deepEqual({ state, same, calls }, { state: 'replayed', same: true, calls: 1 });
});

test('a deterministic run gives the same twice', async () => {
  const code = 'import random, time\n[random.random(), time.time()]';
  const twice = { source: { code, deterministic: { clockMs: 1_000_000, seed: 7 } } };
  const first = await ask('run', twice);
  assert.match(first.value.repr, /1000\.0/);
  gives(await ask('run', twice), first.value.repr);
});

test('a record outlives the window, even one that was killed in the middle of a call', { timeout: 120_000 }, async () => {
  const home = makeHome();
  const first = window;
  try {
    window = await open(home);
    session = await window.browser.execute(() => globalThis.driven.open());
    await start("print('on')\nfetch('secret')", 'fetch');
    // What is not a second old may be lost.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    process.kill(window.app, 'SIGKILL');
    await window.close();
    window = await open(home);
    const past = await invoke('past_records', {});
    const pages = await Promise.all(past.map(async ({ id }) => JSON.parse(await invoke('past_record', { id, from: 0 }))));
    const found = pages.flatMap(({ entries }) => entries).filter(({ kind }) => kind === 'call');
    assert.deepEqual(found.map(({ functionName, args }) => [functionName, args]), [['fetch', ['secret']]]);
    await invoke('delete_past_records', {});
    assert.deepEqual(await invoke('past_records', {}), []);
  } finally {
    await window.close();
    window = first;
    rmSync(home, { recursive: true, force: true });
  }
});
