// Every operation of a session, driven through the host of the browser build without the interface.

import { type Page, expect, test } from '@playwright/test';

import type { Host, Session } from '../../ui/src/host/host';
import { ENDLESS } from '../scenarios.mjs';
import { loadHost } from './host.mjs';

// Functions handed to `evaluate` run in the page, where these are.
declare const host: Host;
declare global {
  var session: Session;
  var printed: string;
}

const LOOP = 'while True: pass';

test.beforeEach(async ({ page }) => {
  await fresh(page);
});

async function fresh(page: Page) {
  await page.goto('/');
  await loadHost(page);
  await page.evaluate(async () => {
    globalThis.printed = '';
    globalThis.session = await host.openSession(({ events }) => {
      for (const event of events) if (event.event === 'print') globalThis.printed += event.text;
    });
  });
}

const start = (page: Page, code: string, ...externalFunctions: string[]) =>
  page.evaluate(({ code, externalFunctions }) => session.start({ code, externalFunctions }), { code, externalFunctions });
const feed = (page: Page, code: string, ...externalFunctions: string[]) =>
  page.evaluate(({ code, externalFunctions }) => session.feed({ code, externalFunctions }), { code, externalFunctions });
const resume = (page: Page, json: string) => page.evaluate((json) => session.resume(json), json);
const value = (repr: string) => ({ state: 'value', value: expect.objectContaining({ repr }) });

async function entries(page: Page) {
  const answer = await page.evaluate(() => session.record(0, null, true));
  if (answer.state !== 'record') throw new Error(JSON.stringify(answer));
  const { entries }: { entries: { seq: number; kind: string; [field: string]: unknown }[] } = JSON.parse(answer.page);
  return entries;
}

async function calls(page: Page) {
  return (await entries(page)).filter(({ kind }) => kind === 'call');
}

/** Ends the worker as Stop does in a loop. */
async function stopsALoop(page: Page) {
  const [answer, reply] = await page.evaluate(async (code) => {
    const ended = session.feed({ code });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return [await session.cancel(), await ended] as const;
  }, LOOP);
  expect(answer).toEqual({ state: 'cancelled' });
  expect(reply).toMatchObject({ state: 'failure', error: { kind: 'cancelled' } });
}

test('a call is answered with a value, exactly', async ({ page }) => {
  const pending = await start(page, "print('on')\nfetch(1, key='k') * 2", 'fetch');
  expect(pending).toMatchObject({
    state: 'pending',
    functionName: 'fetch',
    args: [{ json: '1', repr: '1' }],
    kwargs: [{ name: 'key', value: { json: '"k"', repr: "'k'" } }],
    range: { start: { line: 2, column: 1 } },
  });
  expect(await page.evaluate(() => globalThis.printed)).toBe('on\n');
  expect(await resume(page, '123456789012345678901234567890')).toMatchObject(value('246913578024691357802469135780'));
});

test('what is no JSON is refused, and cannot become a part of the message', async ({ page }) => {
  await start(page, 'fetch()', 'fetch');
  for (const json of ['{', '1, "type": "cancel"', '']) {
    expect(await resume(page, json)).toMatchObject({ state: 'refused', code: 'badValue' });
  }
  expect(await resume(page, '5.0')).toMatchObject(value('5.0'));
});

test('a call is answered with an error, or not found', async ({ page }) => {
  const code = 'try:\n    fetch()\nexcept Exception as e:\n    found = repr(e)\nfound';
  await start(page, code, 'fetch');
  const raised = await page.evaluate(() => session.resumeWithError({ excType: 'TimeoutError', message: 'no network' }));
  expect(raised).toMatchObject(value(`"TimeoutError('no network')"`));
  await start(page, code, 'fetch');
  const plain = await page.evaluate(() => session.resumeWithError({ excType: null, message: 'no' }));
  expect(plain).toMatchObject(value(`"RuntimeError('no')"`));
  await start(page, code, 'fetch');
  expect(JSON.stringify(await page.evaluate(() => session.resumeNotFound()))).toContain('NameError');
});

test('a call is answered with another program', async ({ page }) => {
  await start(page, 'fetch() + 1', 'fetch');
  const answer = await page.evaluate(() => session.resumeWithScript('n * 10', [{ name: 'n', json: '4' }], 'answer.py'));
  expect(answer).toMatchObject(value('41'));
});

test('calls of a gather are left open and resolved together', async ({ page }) => {
  const code = 'import asyncio\nasync def main():\n    return await asyncio.gather(get(1), get(2))\nawait main()';
  expect(await start(page, code, 'get')).toMatchObject({ state: 'pending' });
  expect(await page.evaluate(() => session.resumeAsFuture())).toMatchObject({ state: 'pending' });
  const waiting = await page.evaluate(() => session.resumeAsFuture());
  expect(waiting).toMatchObject({ state: 'resolveFutures', callIds: [0, 1] });
  const odd = await page.evaluate(() => session.resolveFutures([{ callId: 0, json: null, error: null }]));
  expect(odd).toMatchObject({ state: 'refused', code: 'badMessage' });
  const ended = await page.evaluate(() =>
    session.resolveFutures([
      { callId: 1, json: '"b"', error: null },
      { callId: 0, json: '"a"', error: null },
    ]),
  );
  expect(ended).toMatchObject(value("['a', 'b']"));
});

test('feeds keep names, past a loop that was stopped', async ({ page }) => {
  await feed(page, 'kept = [1, 2]');
  await stopsALoop(page);
  expect(await feed(page, 'kept.append(3)\nkept')).toMatchObject(value('[1, 2, 3]'));
  expect((await entries(page)).map(({ kind }) => kind)).toEqual(['run', 'end', 'run', 'end', 'run', 'end']);
  await stopsALoop(page);
  expect(await feed(page, 'kept')).toMatchObject(value('[1, 2, 3]'));
});

test('a program whose names are gone says what was wrong, and the next one runs', async ({ page }) => {
  const crashed = await page.evaluate(() => session.run({ code: 'class C: pass\n[C, C()]' }));
  expect(crashed).toMatchObject({ state: 'complete', ok: false, error: { kind: 'crash' } });
  expect(await page.evaluate(() => session.run({ code: '6 * 7' }))).toMatchObject({ ok: true, repr: '42' });
});

test('a snapshot in the middle of a call goes on in another worker', async ({ page }) => {
  await start(page, 'x = 20\nfetch() + x', 'fetch');
  const shot = await page.evaluate(() => session.snapshot(null));
  if (shot.state !== 'snapshot') throw new Error(JSON.stringify(shot));
  await resume(page, '0');
  await stopsALoop(page);
  const back = await page.evaluate((data) => session.restore(data, false), shot.data);
  expect(back).toMatchObject({ state: 'pending', functionName: 'fetch' });
  expect(await resume(page, '22')).toMatchObject(value('42'));
  // And in another page: the key is kept.
  await fresh(page);
  expect(await page.evaluate((data) => session.restore(data, false), shot.data)).toMatchObject({ state: 'pending' });
});

test('an altered snapshot is refused with the reason', async ({ page }) => {
  await feed(page, 'x = 1');
  const answers = await page.evaluate(async () => {
    const shot = await session.snapshot(null);
    if (shot.state !== 'snapshot') throw new Error(JSON.stringify(shot));
    const bytes = Uint8Array.from(atob(shot.data), (character) => character.charCodeAt(0));
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) ^ 1;
    const altered = btoa(String.fromCharCode(...bytes));
    return [await session.restore(altered, false), await session.restore('no base64!', false)];
  });
  expect(answers).toMatchObject([
    { state: 'refused', code: 'badSnapshot', reason: expect.stringMatching(/foreign|altered/) },
    { state: 'refused', code: 'badSnapshot', reason: 'notASnapshot' },
  ]);
  expect(await feed(page, 'x')).toMatchObject(value('1'));
});

test('a question that comes before the page knows that a program waits is answered while it does', async ({ page }) => {
  const [told, names, ended] = await page.evaluate(async () => {
    let asked: Promise<unknown> | undefined;
    const waiting = await host.openSession(({ events }) => {
      for (const { event } of events) if (event === 'waiting') asked = waiting.variables(null, [], 0);
    });
    const run = waiting.feed({ code: 'x = 1\nel_recv()', extensions: ['el'] });
    const early = await waiting.record(0, null, false);
    const late = await asked;
    await waiting.dispatch('5');
    return [early, late, await run];
  });
  expect(told).toMatchObject({ state: 'record' });
  expect(names).toMatchObject({ state: 'variables', variables: [{ name: 'x', preview: '1' }] });
  expect(ended).toMatchObject(value('5'));
});

test('all that was settled holds past a loop that was stopped', async ({ page }) => {
  await page.evaluate(async () => {
    await session.configure('{"functions":[{"name":"mine","params":[{"name":"a"}]}]}');
    await session.configure('{"environ":{"A":"1"}}');
    await session.configure('{"environ":{"A":"2"}}');
  });
  await stopsALoop(page);
  const paused = await page.evaluate(() => session.feed({ code: "import os\nmine(os.environ['A'])" }));
  expect(paused).toMatchObject({ state: 'pending', functionName: 'mine', args: [{ json: '"2"' }] });
});

test('variables are listed and opened', async ({ page }) => {
  await feed(page, "people = {'ada': [1, 2]}\nn = 3");
  const listed = await page.evaluate(() => session.variables(null, [], 0));
  if (listed.state !== 'variables') throw new Error(JSON.stringify(listed));
  const people = listed.variables.find(({ name }) => name === 'people');
  expect(people).toMatchObject({ type: 'dict', opens: true, size: 1 });
  const opened = await page.evaluate(() => session.variables(null, ['people', 0], 0));
  expect(opened).toMatchObject({ state: 'variables', total: 2, variables: [{ preview: '1' }, { preview: '2' }] });
});

test('a program is diagnosed, and a text for the prompt judged', async ({ page }) => {
  const found = await page.evaluate(() => session.diagnose('x = 1\ny = = 2'));
  expect(found).toMatchObject({ state: 'diagnostics', diagnostics: [{ severity: 'error', range: { start: { line: 2 } } }] });
  expect(await page.evaluate(() => session.diagnose('x = 1'))).toEqual({ state: 'diagnostics', diagnostics: [] });
  const modes = await page.evaluate(async () => [await session.continuation('f('), await session.continuation('1')]);
  expect(modes).toMatchObject([{ mode: 'incompleteImplicit' }, { mode: 'complete' }]);
});

test('an endless question costs its worker, not the session or the call that waits', async ({ page }) => {
  await start(page, 'x = 40\nfetch() + x', 'fetch');
  const slow = await page.evaluate((code) => session.diagnose(code), ENDLESS);
  expect(slow).toMatchObject({ state: 'refused', code: 'unsupported', message: expect.stringContaining('too long') });
  expect(await page.evaluate(() => session.diagnose('1'))).toEqual({ state: 'diagnostics', diagnostics: [] });
  expect(await resume(page, '2')).toMatchObject(value('42'));
});

test('the record has what happened, and can be switched off', async ({ page }) => {
  await start(page, "print('on')\nfetch('a')", 'fetch');
  await resume(page, '1');
  const kinds = (await entries(page)).map(({ kind }) => kind);
  expect(kinds).toEqual(['run', 'print', 'call', 'end']);
  expect((await calls(page))[0]).toMatchObject({ functionName: 'fetch', args: ['a'], answer: { by: 'driver', value: 1 } });
  expect(await page.evaluate(() => session.setRecording(false))).toMatchObject({ state: 'record' });
  await stopsALoop(page);
  await feed(page, '1');
  expect((await entries(page)).map(({ kind }) => kind)).toEqual(['run', 'print', 'call', 'end', 'state']);
});

test('a large value of the record is fetched by its id', async ({ page }) => {
  await feed(page, "'x' * 20_000");
  await stopsALoop(page);
  const answer = await page.evaluate(async () => {
    const record = await session.record(0, null, false);
    if (record.state !== 'record') throw new Error(JSON.stringify(record));
    const id = /"\$blob":\{"id":"([^"]+)"/.exec(record.page)?.[1] ?? '';
    return session.recordValue(id);
  });
  expect(answer).toMatchObject({ state: 'recordValue', value: { json: `"${'x'.repeat(20_000)}"` } });
  expect(await page.evaluate(() => session.recordValue('none'))).toMatchObject({ state: 'refused', code: 'badInput' });
});

test('a fork takes another answer and leaves the session as it was', async ({ page }) => {
  await start(page, "a = fetch('a')\nb = fetch('b')\na + b", 'fetch');
  await resume(page, '1');
  await resume(page, '2');
  await stopsALoop(page);
  const [{ seq: at } = { seq: -1 }] = await calls(page);
  const answers = await page.evaluate(async (at) => {
    const { session: forked, answer } = await session.fork(at, () => undefined);
    if (!forked) throw new Error(JSON.stringify(answer));
    const second = await forked.resume('10');
    const third = await forked.resume('20');
    await forked.close();
    return [answer, second, third];
  }, at);
  expect(answers).toMatchObject([{ state: 'pending' }, { state: 'pending' }, value('30')]);
  const none = await page.evaluate(() => session.fork(0, () => undefined));
  expect(none).toMatchObject({ session: null, answer: { state: 'refused' } });
  expect(await feed(page, '1')).toMatchObject(value('1'));
});

test('the past can be looked at', async ({ page }) => {
  await start(page, 'n = 1\nfetch()\nn = 2\nfetch()', 'fetch');
  await resume(page, 'null');
  const [{ seq: at } = { seq: -1 }] = await calls(page);
  const then = await page.evaluate((at) => session.variables(at, [], 0), at);
  expect(then).toMatchObject({ state: 'variables', variables: [{ name: 'n', preview: '1' }] });
});

test('a replay goes the same way', async ({ page }) => {
  await start(page, "import random\nprint(random.random())\nfetch('a')", 'fetch');
  await resume(page, '1');
  await feed(page, 'x = 1');
  await stopsALoop(page);
  await feed(page, 'x + 1');
  expect(await page.evaluate(() => session.replay())).toMatchObject({ state: 'replayed', same: true, calls: 1 });
});

test('a deterministic run gives the same twice', async ({ page }) => {
  const code = 'import random, time\n[random.random(), time.time()]';
  const runs = await page.evaluate(async (code) => {
    const source = { code, deterministic: { clockMs: 1_000_000, seed: 7 } };
    return [await session.run(source), await session.run(source)];
  }, code);
  expect(runs[0]).toMatchObject({ ok: true, repr: expect.stringContaining('1000.0') });
  expect('repr' in runs[1]! && runs[1].repr).toBe('repr' in runs[0]! && runs[0].repr);
});

test('commands wait for those before them, and a closed session says so', async ({ page }) => {
  const both = await page.evaluate(async () => {
    const first = session.feed({ code: 'import time\ntime.sleep(0.3)\nx = 1' });
    const second = session.feed({ code: 'x' });
    return [await first, await second];
  });
  expect(both[1]).toMatchObject(value('1'));
  const said = await page.evaluate(async () => {
    const running = session.run({ code: 'while True: pass' }).catch((cause: unknown) => String(cause));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await session.close();
    return [await running, await session.run({ code: '1' }).catch((cause: unknown) => String(cause))];
  });
  expect(said).toEqual(['Error: the session was closed before it answered', 'Error: the session is not open']);
});

test('a browser keeps no records', async ({ page }) => {
  expect(await page.evaluate(() => host.pastRecords())).toEqual([]);
  await page.evaluate(() => host.deletePastRecords());
  expect(await page.evaluate(() => host.pastRecord('1', 0).catch((cause: unknown) => String(cause)))).toContain('no records');
});
