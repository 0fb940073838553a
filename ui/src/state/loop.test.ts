import { describe, expect, it } from 'vitest';
import type { Answer, Event, Session } from '../host/host';
import { FakeHost, settle, value } from '../testing/fakeHost';
import { EventLoop, MAX_EMITTED, readingOf } from './loop.svelte';
import { RunSession } from './session.svelte';

class LoopHost extends FakeHost {
  dispatched: string[] = [];
  ondispatch: (json: string) => Promise<Answer> = async () => ({ state: 'dispatched', queued: this.dispatched.length });

  override async openSession(...args: Parameters<FakeHost['openSession']>): Promise<Session> {
    const dispatch = (json: string) => {
      this.dispatched.push(json);
      return this.ondispatch(json);
    };
    return { ...(await super.openSession(...args)), dispatch };
  }
}

const state = (queued: number, waiting: number, lastEmitted: unknown = null): Event => {
  const json = JSON.stringify({ queued, waiting, lastEmitted });
  return { event: 'state', extension: 'el', value: { json, repr: '' } };
};
const emit = (repr: string): Event => ({ event: 'emit', value: { json: 'null', repr }, callId: 1 });
const recv: Event = { event: 'waiting', functionName: 'el_recv', callId: 7, handles: [], range: null };

function open() {
  const host = new LoopHost();
  const session = new RunSession(host);
  return { host, session, loop: new EventLoop(session) };
}

async function running() {
  const opened = open();
  void opened.session.run({ code: 'loop()' });
  await settle();
  return opened;
}

const reprs = (loop: EventLoop) => loop.slice(0, loop.kept.count).map(({ repr }) => repr);

describe('how it stands', () => {
  it('follows the program', async () => {
    const { host, loop } = await running();
    expect(loop.phase).toBe('running');
    host.tell([recv, state(0, 1)]);
    expect(loop.phase).toBe('waiting');
    expect(loop.reading).toMatchObject({ queued: 0, waiting: 1 });
    host.tell([{ event: 'waited', callId: 7 }, state(2, 0, { a: 1 })]);
    expect(loop.phase).toBe('running');
    expect(loop.reading).toEqual({ queued: 2, waiting: 0, lastEmitted: '{"a":1}' });
    host.end(value('None'));
    await settle();
    expect(loop.phase).toBe('idle');
    expect(loop.reading.queued).toBe(2);
  });

  it('tells a wait for something else from one for an event', async () => {
    const { host, loop } = await running();
    host.tell([{ event: 'waiting', functionName: 'dom_on_click', callId: 3, handles: [2], range: null }]);
    expect([loop.phase, loop.waitsAt]).toEqual(['elsewhere', 'dom_on_click']);
    host.tell([recv]);
    expect(loop.phase).toBe('waiting');
    host.tell([{ event: 'waited', callId: 7 }, { event: 'waited', callId: 3 }]);
    expect([loop.phase, loop.waitsAt]).toEqual(['running', null]);
  });

  it('is not that of another extension, or of a child', async () => {
    const { host, loop } = await running();
    host.tell([state(3, 0), { event: 'child', handle: 1, told: state(9, 9) }]);
    host.tell([{ event: 'state', extension: 'msg', value: { json: '{"queued":5,"waiting":5}', repr: '' } }]);
    expect(loop.reading.queued).toBe(3);
  });

  it('nobody waits after a stop, and a new session has an empty queue', async () => {
    const { host, session, loop } = await running();
    host.tell([recv, state(4, 1)]);
    await session.stop();
    expect(loop.reading).toMatchObject({ queued: 4, waiting: 0 });
    await session.reset();
    expect(loop.reading.queued).toBe(0);
  });

  it.each([
    ['{"queued":1,"waiting":0,"lastEmitted":null}', { queued: 1, waiting: 0, lastEmitted: null }],
    ['{"queued":1,"waiting":0,"lastEmitted":"x"}', { queued: 1, waiting: 0, lastEmitted: '"x"' }],
    ['{"queued":1,"waiting":0}', { queued: 1, waiting: 0, lastEmitted: null }],
    [`{"queued":1,"waiting":2,"lastEmitted":"${'x'.repeat(70_000)}"}`, { queued: 1, waiting: 2, lastEmitted: null }],
    ['{"queued":"1","waiting":0}', null],
    ['{"waiting":0}', null],
    ['[1]', null],
    ['null', null],
    ['{', null],
    ['x'.repeat(70_000), null],
  ])('is read from %.50s', (json, expected) => {
    const reading = readingOf(json);
    expect(reading).toEqual(expected);
  });
});

describe('what is emitted', () => {
  it('is kept with its time and who told it', async () => {
    const { host, loop } = await running();
    host.tell([emit('1'), { event: 'child', handle: 2, told: { event: 'child', handle: 1, told: emit('2') } }]);
    expect(loop.slice(0, 9).map(({ repr, child }) => [repr, child])).toEqual([['1', undefined], ['2', '2.1']]);
    expect(loop.slice(0, 1)[0]?.atMs).toBeGreaterThanOrEqual(0);
    expect(loop.emissions).toBe(2);
  });

  it('goes with the next run', async () => {
    const { host, session, loop } = await running();
    host.tell([emit('1')]);
    host.end(value('None'));
    await settle();
    expect(loop.kept.count).toBe(1);
    void session.run({ code: 'again()' });
    expect(loop.kept.count).toBe(0);
    await settle();
    host.tell([emit('2')]);
    expect(reprs(loop)).toEqual(['2']);
    loop.clear();
    expect(loop.kept.count).toBe(0);
    host.tell([emit('3')]);
    expect(reprs(loop)).toEqual(['3']);
  });

  it('is bounded in a flood, and each in what is kept of it', async () => {
    const { host, loop } = await running();
    const many = MAX_EMITTED * 3 + 5;
    host.tell(Array.from({ length: many }, (_, index) => emit(`${index}`)));
    const { count, dropped } = loop.kept;
    expect(count).toBeLessThanOrEqual(MAX_EMITTED + 1000);
    expect(count + dropped).toBe(many);
    expect(reprs(loop).at(-1)).toBe(`${many - 1}`);
    host.tell([emit('x'.repeat(100_000))]);
    const last = loop.slice(loop.kept.count - 1, loop.kept.count)[0];
    expect(last?.length).toBe(100_000);
    expect(last?.repr.length).toBeLessThan(3000);
  });
});

describe('what is dispatched', () => {
  it('is told with the length of the queue, also at rest', async () => {
    const { host, loop } = open();
    await loop.dispatch('{"a": 1}');
    expect(loop.told).toEqual({ ok: true, queued: 1 });
    await loop.dispatch('2');
    expect(loop.reading.queued).toBe(2);
    expect(host.dispatched).toEqual(['{"a": 1}', '2']);
    expect(loop.sending).toBe(0);
    expect(loop.dispatches).toBe(2);
  });

  it('does not take back what the program told later', async () => {
    const { host, loop } = await running();
    host.ondispatch = async () => {
      host.tell([state(0, 0)]);
      return { state: 'dispatched', queued: 1 };
    };
    await loop.dispatch('1');
    expect(loop.reading.queued).toBe(0);
  });

  it('is remembered, each once and the newest first', async () => {
    const { loop } = open();
    for (const json of ['1', '2', '1']) await loop.dispatch(json);
    expect(loop.history).toEqual(['1', '2']);
    for (let index = 0; index < 30; index++) await loop.dispatch(`${index + 10}`);
    expect(loop.history).toHaveLength(12);
  });

  it.each([
    [async (): Promise<Answer> => ({ state: 'refused', code: 'badValue', message: '$foo is no tag', reason: null }), '$foo is no tag'],
    [async (): Promise<Answer> => ({ state: 'idle' }), 'The session answered idle.'],
    [() => Promise.reject(new Error('the worker is gone')), 'the worker is gone'],
  ])('and not taken says why, and is not remembered', async (answer, message) => {
    const { host, loop } = open();
    host.ondispatch = answer;
    await loop.dispatch('1');
    expect(loop.told).toEqual({ ok: false, message });
    expect(loop.history).toEqual([]);
    expect(loop.sending).toBe(0);
  });
});
