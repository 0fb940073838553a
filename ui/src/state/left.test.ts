import { describe, expect, it } from 'vitest';
import type { Event } from '../host/host';
import { settle, value } from '../testing/fakeHost';
import { SnapshotHost, valueOf } from '../testing/snapshotHost';
import { Left } from './left.svelte';
import { RunSession } from './session.svelte';

const GIVEN = [
  { path: '/a.txt', data: 'YQ==', size: 1 },
  { path: '/b.txt', data: 'Yg==', size: 1 },
  { path: '/c.txt', data: 'Yw==', size: 1 },
];
const FOUND = [
  ['/a.txt', 1, { $bytes: 'YQ==' }],
  ['/b.txt', 1, { $bytes: 'eg==' }],
  ['/c.txt', 9, null],
  ['/out/new.bin', 3, null],
  'odd',
];

async function open() {
  const host = new SnapshotHost();
  const session = new RunSession(host);
  await session.warm();
  const left = new Left(host, session, () => GIVEN);
  host.onread = ({ code }) => {
    if (code?.includes('storage_list')) return valueOf([['k', '"v"', 3]]);
    return code?.includes('read_bytes()\n') || code?.startsWith('from pathlib import Path\nfound') ? valueOf(FOUND) : valueOf({ $bytes: 'AAEC' });
  };
  return { host, session, left };
}

describe('what programs left', () => {
  it('is read from a copy, and only what is new or otherwise is listed', async () => {
    const { host, left } = await open();
    await left.look();
    expect(left.phase).toBe('read');
    expect(left.written).toEqual([
      { path: '/b.txt', size: 1, isGiven: true },
      { path: '/c.txt', size: 9, isGiven: true },
      { path: '/out/new.bin', size: 3, isGiven: false },
    ]);
    expect(left.stored).toEqual([{ key: 'k', json: '"v"', length: 3 }]);
    expect(host.restored).toEqual([{ data: 'AAEC', acceptForeign: false }]);
    // Nothing ran in the session itself.
    expect(host.sources).toEqual([]);
    expect(await left.read('/out/new.bin', 3)).toBe('AAEC');
    await expect(left.read('/out/new.bin', 9_000_000)).rejects.toThrow('too large');
  });

  it('lets its copy go, and then gives no file', async () => {
    const { host, left } = await open();
    await left.look();
    left.drop();
    await settle();
    expect(host.closed).toBe(1);
    await expect(left.read('/out/new.bin', 3)).rejects.toThrow('the program has gone on');
    expect(left.written).toHaveLength(3);
  });

  it('is of no account when it comes after another run began', async () => {
    const { left } = await open();
    const looking = left.look();
    left.drop();
    await looking;
    expect([left.phase, left.written]).toEqual(['none', []]);
  });

  it('says why it could not be read', async () => {
    const { host, left } = await open();
    host.onrestore = async () => ({ state: 'refused', code: 'badSnapshot', message: 'no', reason: 'unreadable' });
    await left.look();
    expect([left.phase, left.problem]).toEqual(['failed', 'no']);
  });

  it('hears what is stored and offered, also by children', async () => {
    const { host, session, left } = await open();
    void session.run({ code: '' });
    await settle();
    const stored = (key: string, json: string | null): Event => ({ event: 'stored', key, json });
    const child: Event = { event: 'child', handle: 1, told: { event: 'downloadRequested', filename: 'r.txt', data: 'AAE=' } };
    host.tell([stored('a', '1'), stored('b', '2'), stored('a', null), child]);
    expect(left.stored).toEqual([{ key: 'b', json: '2', length: 1 }]);
    expect(left.offered).toEqual([{ id: 1, name: 'r.txt', data: 'AAE=', size: 2 }]);
    host.end(value('None'));
  });

  it('lets the oldest offers go when they take much', async () => {
    const { host, session, left } = await open();
    void session.run({ code: '' });
    await settle();
    const data = 'A'.repeat(8 * 1024 * 1024);
    for (const filename of ['1', '2', '3']) host.tell([{ event: 'downloadRequested', filename, data }]);
    expect(left.offered.map(({ name }) => name)).toEqual(['2', '3']);
    expect(left.forgotten).toBe(1);
    host.end(value('None'));
  });
});
