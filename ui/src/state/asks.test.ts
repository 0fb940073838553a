import { describe, expect, it } from 'vitest';
import type { DialogKind, DialogRequested, PermissionRequested, UploadRequested } from '../stage/types';
import { fromBase64, toBase64 } from '../text/base64';
import { Asks } from './asks.svelte';
import { nameOnly } from './download';

const upload: UploadRequested = { event: 'uploadRequested', callId: 1, accept: null, binary: true, maxBytes: 10 };
const permission: PermissionRequested = { event: 'permissionRequested', callId: 2, functionName: 'fetch_text', args: [], kwargs: [], rule: 'fetch_*' };
const dialog = (kind: DialogKind): DialogRequested => ({ event: 'dialogRequested', callId: 3, kind, message: '?', default: null });

function open() {
  const said: [number, string][] = [];
  const saved: string[] = [];
  const asks = new Asks((callId, json) => said.push([callId, json]), (name) => saved.push(name));
  return { asks, said, saved };
}

function file(name: string, bytes: number[]) {
  return { name, size: bytes.length, arrayBuffer: async () => Uint8Array.from(bytes).buffer };
}

describe('Asks', () => {
  it('lists what is asked until it is answered, once', () => {
    const { asks, said } = open();
    asks.take(upload);
    asks.take(permission);
    expect(asks.list).toEqual([upload, permission]);
    asks.decide(permission, true);
    asks.decide(permission, false);
    expect([asks.list, said]).toEqual([[upload], [[2, 'true']]]);
  });

  it('drops what nobody waits for any more', () => {
    const { asks, said } = open();
    asks.take(permission);
    asks.take({ event: 'waited', callId: 2 });
    asks.decide(permission, true);
    asks.take(upload);
    asks.clear();
    asks.cancel(upload);
    expect([asks.list, said]).toEqual([[], []]);
  });

  it('asks a restored question once', () => {
    const { asks } = open();
    asks.take(permission);
    asks.take({ ...permission });
    expect(asks.list).toHaveLength(1);
  });

  it.each<[DialogKind, string, string]>([['alert', 'null', 'null'], ['confirm', 'true', 'false'], ['prompt', '"a \\"b\\""', 'null']])(
    'answers %s with %s, or %s',
    (kind, accepted, cancelled) => {
      const { asks, said } = open();
      const ask = dialog(kind);
      asks.take(ask);
      asks.accept(ask, 'a "b"');
      asks.take(ask);
      asks.cancel(ask);
      expect(said).toEqual([[3, accepted], [3, cancelled]]);
    },
  );

  it('refuses a permission by cancelling', () => {
    const { asks, said } = open();
    asks.take(permission);
    asks.cancel(permission);
    expect(said).toEqual([[2, 'false']]);
  });

  it('sends a file with its bytes', async () => {
    const { asks, said } = open();
    asks.take(upload);
    const sent = asks.upload(upload, file('a.bin', [0, 255, 10]));
    expect(asks.chosen).toEqual([{ callId: 1, name: 'a.bin', size: 3, problem: null }]);
    await sent;
    expect([said, asks.chosen]).toEqual([[[1, '{"name":"a.bin","data":{"$bytes":"AP8K"}}']], []]);
  });

  it('does not read a file that is too large', async () => {
    const { asks, said } = open();
    asks.take(upload);
    let read = false;
    await asks.upload(upload, { ...file('big', Array(11).fill(0)), arrayBuffer: async () => ((read = true), new ArrayBuffer(11)) });
    expect([said, read, asks.chosen[0]?.problem]).toEqual([[], false, 'It is larger than 10 B.']);
    await asks.upload(upload, file('small', [1]));
    expect(said).toHaveLength(1);
  });

  it('says that a file could not be read, and sends only the last that was chosen', async () => {
    const { asks, said } = open();
    asks.take(upload);
    await asks.upload(upload, { ...file('gone', [1]), arrayBuffer: () => Promise.reject(new Error('gone')) });
    expect(asks.chosen[0]?.problem).toBe('It could not be read.');
    await Promise.all([asks.upload(upload, file('first', [1])), asks.upload(upload, file('second', [2]))]);
    expect(said).toEqual([[1, '{"name":"second","data":{"$bytes":"Ag=="}}']]);
  });

  it('hands on downloads', () => {
    const { asks, saved } = open();
    asks.take({ event: 'downloadRequested', filename: 'a.txt', data: '' });
    expect([saved, asks.list]).toEqual([['a.txt'], []]);
  });
});

describe('base64', () => {
  it('carries every byte both ways, beyond one piece', () => {
    const bytes = Uint8Array.from({ length: 3 * 8192 * 2 + 5 }, (_, index) => index % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(toBase64(new Uint8Array())).toBe('');
  });
});

describe('nameOnly', () => {
  it.each([['a.txt', 'a.txt'], ['../../etc/passwd', 'passwd'], ['C:\\x\\y.csv', 'y.csv'], ['', 'download'], ['..', 'download'], ['.bashrc', 'bashrc'], ['a\u202etxt.exe', 'atxt.exe'], ['a\n:b.txt ', 'ab.txt']])(
    'of %j is %j',
    (given, name) => expect(nameOnly(given)).toBe(name),
  );
});

describe('a program that is gone through call by call', () => {
  const call = { event: 'permissionRequested', callId: 4, functionName: 'log', args: [], kwargs: [], rule: 'step' } as const;

  it.each([
    ['one call', (asks: Asks) => asks.step && asks.decide(asks.step, true), 'true'],
    ['all', (asks: Asks) => asks.step && asks.goOn(asks.step), '"run"'],
    ['none', (asks: Asks) => asks.step && asks.decide(asks.step, false), 'false'],
  ])('is let go: %s', (_, act, expected) => {
    const answers: string[] = [];
    const asks = new Asks((callId, json) => answers.push(`${callId} ${json}`), () => undefined);
    expect(asks.step).toBeNull();
    asks.take({ ...call, args: [], kwargs: [] });
    expect(asks.step?.functionName).toBe('log');
    act(asks);
    expect([answers, asks.list]).toEqual([[`4 ${expected}`], []]);
  });

  it('is told from one that asks for a permission', () => {
    const asks = new Asks(() => undefined, () => undefined);
    asks.take({ ...call, args: [], kwargs: [], rule: 'log' });
    expect(asks.step).toBeNull();
  });
});
