import { describe, expect, it } from 'vitest';
import type { Answer } from '../host/host';
import { fromBase64 } from '../text/base64';
import { settle, value } from '../testing/fakeHost';
import { SnapshotHost } from '../testing/snapshotHost';
import { MemoryKeep } from './keep';
import { RunSession } from './session.svelte';
import { fromFile, toFile } from './snapshotFile';
import { MOST_SNAPSHOTS, Snapshots } from './snapshots.svelte';

const RANGE = { filename: 'main.py', start: { line: 6, column: 1 }, end: { line: 6, column: 5 } };
const PENDING: Answer = { state: 'pending', functionName: 'ask', args: [], kwargs: [], callId: 0, awaited: false, range: RANGE };
const refusal = (reason: string | null, message = 'the message'): Answer => ({ state: 'refused', code: 'badSnapshot', message, reason });
const file = (name: string, text: string) => {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, arrayBuffer: async () => bytes.buffer };
};

async function open(meta = new MemoryKeep(), data = new MemoryKeep()) {
  const host = new SnapshotHost();
  const session = new RunSession(host);
  await session.warm();
  const shown: string[] = [];
  const around = {
    host,
    session,
    program: () => ({ name: 'main.py', code: '1' }),
    settings: () => '{"fetch":[]}',
    show: ({ name, code }: { name: string; code: string }) => void shown.push(`${name}: ${code}`),
  };
  const snapshots = new Snapshots(around, meta, data);
  await snapshots.ready;
  return { host, session, snapshots, shown, meta, data };
}

const names = ({ list }: Snapshots) => list.map(({ name }) => name);

describe('a snapshot', () => {
  it('is taken at rest and at a pause, and says what the session did', async () => {
    const { host, session, snapshots } = await open();
    await snapshots.take();
    void session.run({ code: '' });
    await settle();
    expect(snapshots.offToTake).toContain('while the program waits');
    await snapshots.take();
    host.pause(PENDING);
    await settle();
    await snapshots.take();
    expect(snapshots.list.map(({ name, doing, size }) => ({ name, doing, size }))).toEqual([
      { name: 'main.py 2', doing: { call: 'ask', line: 6 }, size: 3 },
      { name: 'main.py', doing: null, size: 3 },
    ]);
  });

  it('outlives the window, with its name', async () => {
    const { snapshots, meta, data } = await open();
    await snapshots.take();
    snapshots.rename(snapshots.list[0]?.id ?? '', ' before the click ');
    snapshots.rename(snapshots.list[0]?.id ?? '', '  ');
    await settle();
    const next = await open(meta, data);
    expect(names(next.snapshots)).toEqual(['before the click']);
    await next.snapshots.restore(next.snapshots.list[0]?.id ?? '');
    expect(next.host.restored).toEqual([{ data: 'AAEC', acceptForeign: false }]);
  });

  it('stays when another one comes at the same time', async () => {
    const { snapshots, meta } = await open();
    await Promise.all([snapshots.take(), snapshots.import([file('one.txt', 'AAEC')]), snapshots.import([file('one.txt', 'AAEC')])]);
    expect(names(snapshots).sort()).toEqual(['main.py', 'one', 'one 2']);
    expect(await meta.keys()).toHaveLength(3);
  });

  it('goes when there are too many, the oldest first, with its data', async () => {
    const { snapshots, data } = await open();
    const taken: string[] = [];
    for (let count = 0; count < MOST_SNAPSHOTS + 2; count++) {
      await snapshots.take();
      taken.unshift(snapshots.list[0]?.id ?? '');
    }
    expect(snapshots.list.map(({ id }) => id)).toEqual(taken.slice(0, MOST_SNAPSHOTS));
    expect(await data.keys()).toEqual(snapshots.list.map(({ id }) => id).reverse());
  });

  it('goes when they take too much, and one that is too large alone is refused', async () => {
    const { host, snapshots } = await open();
    await snapshots.take();
    host.data = 'A'.repeat(4 * 11 * 1024 * 1024);
    await snapshots.take();
    await snapshots.take();
    expect(names(snapshots)).toEqual(['main.py 3']);
    host.data = 'A'.repeat(4 * 22 * 1024 * 1024);
    await snapshots.take();
    expect(snapshots.problem).toBe('The snapshot could not be taken: it takes 66 MB, and all snapshots may take 64 MB.');
    expect(names(snapshots)).toEqual(['main.py 3']);
  });

  it('is deleted with its data', async () => {
    const { snapshots, meta, data } = await open();
    await snapshots.take();
    snapshots.remove(snapshots.list[0]?.id ?? '');
    await settle();
    expect([snapshots.list, await meta.keys(), await data.keys()]).toEqual([[], [], []]);
  });

  it('leaves no data behind that nobody knows', async () => {
    const data = new MemoryKeep();
    await data.put('lost', 'AAEC');
    await open(new MemoryKeep(), data);
    expect(await data.keys()).toEqual([]);
  });
});

describe('restoring', () => {
  async function taken() {
    const opened = await open();
    await opened.snapshots.take();
    const restore = (acceptForeign = false) => opened.snapshots.restore(opened.snapshots.list[0]?.id ?? '', acceptForeign);
    return { ...opened, restore };
  }

  it('shows the call that waits, its program, and none of the output of before', async () => {
    const { host, session, shown, restore } = await taken();
    void session.run({ code: '' });
    await settle();
    host.print('old\n');
    host.end(value('1'));
    await settle();
    host.onrestore = async () => PENDING;
    await restore();
    expect([session.phase, session.pending?.functionName, session.output.count]).toEqual(['paused', 'ask', 0]);
    expect(shown).toEqual(['main.py: 1']);
    void session.answer('2');
    host.end(value('3'));
    await settle();
    expect(session.ending).toMatchObject({ kind: 'value', repr: '3' });
  });

  it('of a session at rest leaves it at rest, without an ending', async () => {
    const { session, host, restore } = await taken();
    await restore();
    expect([session.phase, session.ending]).toEqual(['idle', null]);
    expect(host.settings).toEqual(['{"fetch":[]}']);
  });

  it('goes on in a program that waited, before its end', async () => {
    const { host, session, snapshots, shown, restore } = await taken();
    let end: (answer: Answer) => void = () => undefined;
    host.onrestore = () => new Promise((resolve) => (end = resolve));
    const restoring = restore();
    await settle();
    expect(snapshots.busy).toBe('restoring');
    host.says([{ event: 'waiting', functionName: 'dom_on_click', callId: 5, handles: [2], range: RANGE }]);
    expect([snapshots.busy, session.phase, session.waits.length, shown.length]).toEqual([null, 'running', 1, 1]);
    end({ state: 'value', value: { json: '7', repr: '7' }, usage: { elapsedMs: 1, waitMs: 1, peakMemoryBytes: 1, hostCalls: 1, prints: 0 } });
    await restoring;
    expect([session.phase, session.ending?.kind]).toEqual(['idle', 'value']);
  });

  it.each([
    ['notASnapshot', 'This is no snapshot of Monty Playground.'],
    ['altered', 'It was altered after it was made, so it is not opened.'],
    ['newer', 'A newer version of Monty Playground made it. Update to open it.'],
    [null, 'the message.'],
  ])('is refused as %s, and the session is as it was', async (reason, words) => {
    const { host, session, snapshots, shown, restore } = await taken();
    void session.run({ code: '' });
    await settle();
    host.print('old\n');
    host.end(value('1'));
    await settle();
    host.onrestore = async () => refusal(reason);
    await restore();
    expect(snapshots.refused).toMatchObject({ reason: words, isForeign: false });
    expect([session.phase, session.ending?.kind, session.output.count, shown]).toEqual(['idle', 'value', 1, []]);
  });

  it('asks before it takes what somebody else signed', async () => {
    const { host, snapshots, restore } = await taken();
    host.onrestore = async () => refusal('foreign');
    await restore();
    expect(snapshots.refused?.isForeign).toBe(true);
    host.onrestore = async () => ({ state: 'idle' });
    await restore(true);
    expect(snapshots.refused).toBeNull();
    expect(host.restored.map(({ acceptForeign }) => acceptForeign)).toEqual([false, true]);
  });

  it('waits until nothing runs', async () => {
    const { host, session, snapshots, restore } = await taken();
    void session.run({ code: '' });
    await settle();
    expect(snapshots.offToRestore).toBe('A program is running. Stop it first.');
    await restore();
    expect(host.restored).toEqual([]);
  });
});

describe('a file', () => {
  const contents = { name: 'one', takenMs: 5, doing: { call: 'ask', line: 3 }, script: 'main.py', code: 'x' };
  const read = (name: string, text: string) => fromFile(name, new TextEncoder().encode(text));

  it('is exported and imported again', async () => {
    const { host, snapshots } = await open();
    await snapshots.take();
    await snapshots.export(snapshots.list[0]?.id ?? '');
    expect(host.saved[0]?.filename).toBe('main.py.monty-snapshot');
    const text = new TextDecoder().decode(fromBase64(host.saved[0]?.data ?? ''));
    await snapshots.import([file('x.monty-snapshot', text), file('y.txt', 'not base64!')]);
    expect(names(snapshots)).toEqual(['main.py 2', 'main.py']);
    expect(snapshots.problem).toBe('y.txt could not be imported: it is no snapshot of Monty Playground.');
  });

  it('says what it was doing', () => {
    expect(read('a', toFile(contents, 'AAEC'))).toEqual({ contents, data: 'AAEC' });
  });

  it.each([
    ['base64 alone', 'AAEC\n', 'AAEC'],
    ['fields that are odd', '{"name": 3, "data": "AAEC"}', 'AAEC'],
  ])('may have %s', (_, text, data) => {
    expect(read('my.one.bin', text)).toMatchObject({ contents: { name: 'my.one', doing: null, script: '' }, data });
  });

  it('may be the data as it is', () => {
    expect(fromFile('raw', new Uint8Array([0x4d, 0xff, 0x00])).data).toBe('Tf8A');
  });

  it.each(['', '{}', '{"data": 1}', '{"data": "%"}', 'hello there'])('is refused as %j', (text) => expect(() => read('a', text)).toThrow(/empty|no snapshot/));
});
