import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from './types';
import { openHost } from './web';
import type { FromWorker, LogItem, ToWorker } from './worker-messages';

/** A worker that only notes what it is told; tests say what it answers. */
class FakeWorker {
  told: ToWorker[] = [];
  ended = false;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;

  say(...messages: FromWorker[]) {
    for (const data of messages) this.onmessage?.({ data });
  }

  answers(answer: Answer) {
    this.say({ type: 'reply', json: JSON.stringify({ events: 0, answer }) });
  }

  get types() {
    return this.told.map(({ type }) => type);
  }
}

const made = vi.hoisted((): FakeWorker[] => []);

vi.mock('./key', () => ({ snapshotKey: async () => new Uint8Array(32) }));
vi.mock('./workers', () => ({
  compiled: Promise.resolve(),
  takeWorker: async () => {
    const worker = new FakeWorker();
    made.push(worker);
    return worker;
  },
  post: (worker: FakeWorker, message: ToWorker) => worker.told.push(message),
  end: (worker: FakeWorker) => (worker.ended = true),
}));

const USAGE = { elapsedMs: 1, waitMs: 0, peakMemoryBytes: 0, hostCalls: 0, prints: 0 };
const value: Answer = { state: 'value', value: { json: '1', repr: '1' }, usage: USAGE };
const pending: Answer = {
  state: 'pending',
  functionName: 'f',
  args: [],
  kwargs: [],
  callId: 0,
  awaited: false,
  range: null,
};
const line = (seq: number, kind: string, more: object = {}): LogItem => {
  const bytes = new TextEncoder().encode(JSON.stringify({ seq, atMs: 0, kind, ...more }));
  return { kind: 'line', name: '', bytes };
};
const settle = () => vi.advanceTimersByTimeAsync(0);

async function open() {
  const printed: number[] = [];
  const session = await (await openHost()).openSession(({ first }) => printed.push(first));
  await settle();
  const worker = (number: number) => {
    const found = made[number];
    if (!found) throw new Error(`there is no worker ${number}`);
    return found;
  };
  return { session, worker, printed };
}

beforeEach(() => {
  made.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('a session in a browser', () => {
  it('sends a command when the one before it is answered', async () => {
    const { session, worker } = await open();
    const first = session.feed({ code: '1' });
    const second = session.diagnose('2');
    await settle();
    expect(worker(0).types).toEqual(['open', 'begin']);
    worker(0).answers(value);
    await first;
    await settle();
    expect(worker(0).types).toEqual(['open', 'begin', 'send']);
    worker(0).answers({ state: 'diagnostics', diagnostics: [] });
    expect(await second).toEqual({ state: 'diagnostics', diagnostics: [] });
  });

  it('recalls what a worker that is stopped has handed out, with the end of its program', async () => {
    const { session, worker, printed } = await open();
    const running = session.start({ code: 'while True: pass' });
    await settle();
    worker(0).say(
      { type: 'log', items: [line(0, 'run'), { kind: 'rest', name: '', bytes: new Uint8Array([1]) }] },
      { type: 'turn', running: true, waits: false },
      { type: 'batch', json: '{"first":0,"events":[{"event":"print","stream":"stdout","text":"a"}]}' },
    );
    expect(await session.cancel()).toEqual({ state: 'cancelled' });
    expect(await running).toMatchObject({ state: 'failure', error: { kind: 'cancelled' } });
    expect(worker(0).ended).toBe(true);
    const [, recall] = worker(1).told;
    expect(recall).toMatchObject({ type: 'recall', log: [{ kind: 'line' }, { kind: 'line' }, { kind: 'rest' }] });
    void session.feed({ code: '1' });
    await settle();
    worker(1).say({ type: 'batch', json: '{"first":0,"events":[]}' });
    expect(printed).toEqual([0, 1]);
  });

  it('ends a turn that takes longer than its limit, by the limits of its program', async () => {
    const { session, worker } = await open();
    const paused = session.start({ code: 'f()', limits: { timeoutMs: 5000, turnTimeoutMs: 300 } });
    await settle();
    worker(0).say({ type: 'turn', running: true, waits: false }, { type: 'turn', running: false, waits: false });
    worker(0).answers(pending);
    await paused;
    await vi.advanceTimersByTimeAsync(60_000);
    const resumed = session.resume('1');
    await settle();
    worker(0).say({ type: 'turn', running: true, waits: false });
    await vi.advanceTimersByTimeAsync(1200);
    expect(worker(0).ended).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(await resumed).toMatchObject({ state: 'failure', error: { kind: 'limit', limit: 'turnTimeoutMs', max: 300 } });
  });

  it('lets a program without a limit run, and one that sleeps', async () => {
    const { session, worker } = await open();
    void session.run({ code: '1', limits: { turnTimeoutMs: 0 } });
    await vi.advanceTimersByTimeAsync(1_000_000);
    worker(0).answers(value);
    void session.run({ code: 'sleep' });
    await settle();
    worker(0).say({ type: 'turn', running: true, waits: false }, { type: 'turn', running: false, waits: false });
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(worker(0).ended).toBe(false);
  });

  it('ends what runs nothing and takes too long, and goes back to the call that waits', async () => {
    const { session, worker } = await open();
    const paused = session.start({ code: 'f()' });
    await settle();
    worker(0).say({ type: 'log', items: [line(0, 'run'), line(1, 'call', { lane: 'host' })] });
    worker(0).answers(pending);
    await paused;
    const slow = session.diagnose('endless');
    await vi.advanceTimersByTimeAsync(5000);
    worker(1).say({ type: 'recalled' });
    expect(worker(1).told.at(-1)).toEqual({ type: 'send', message: '{"id":0,"type":"snapshot","at":1}' });
    worker(1).answers({ state: 'snapshot', data: 'AAAA' });
    await settle();
    expect(worker(1).told.at(-1)).toEqual({ type: 'send', message: '{"id":0,"type":"restore","data":"AAAA"}' });
    worker(1).answers(pending);
    expect(await slow).toMatchObject({ state: 'refused', code: 'unsupported' });
  });

  it('gives a replay more time', async () => {
    const { session, worker } = await open();
    void session.replay();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(worker(0).ended).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker(0).ended).toBe(true);
  });

  it('forgets what cannot be recalled', async () => {
    const { session, worker } = await open();
    const first = session.feed({ code: '1' });
    await settle();
    worker(0).say({ type: 'log', items: [line(0, 'run')] }, { type: 'broken', json: '' });
    expect(await first).toMatchObject({ state: 'failure', error: { kind: 'crash' } });
    const second = session.feed({ code: '2' });
    await settle();
    expect(worker(1).types).toEqual(['open', 'recall', 'begin']);
    worker(1).say({ type: 'broken', json: '' });
    await second;
    await settle();
    expect(worker(2).types).toEqual(['open']);
  });

  it('tells of used up memory by the limit', async () => {
    const { session, worker } = await open();
    const ended = session.run({ code: '1', limits: { memoryBytes: 1024 } });
    await settle();
    worker(0).say({ type: 'turn', running: true, waits: false }, { type: 'spent' });
    expect(await ended).toMatchObject({ ok: false, error: { kind: 'limit', limit: 'memoryBytes', max: 1024 } });
    expect(worker(0).ended).toBe(true);
  });

  it('keeps recording switched off in the next worker', async () => {
    const { session, worker } = await open();
    const off = session.setRecording(false);
    await settle();
    worker(0).answers({ state: 'record', page: '{}' });
    await off;
    void session.feed({ code: '1' });
    await settle();
    worker(0).say({ type: 'turn', running: true, waits: false });
    await session.cancel();
    expect(worker(1).told[1]).toMatchObject({ type: 'recall', recording: false });
  });

  it('opens no fork where the past cannot be gone back to', async () => {
    const { session, worker } = await open();
    const forked = session.fork(7, () => undefined);
    await settle();
    worker(0).answers({ state: 'refused', code: 'badInput', message: 'no pause', reason: null });
    expect(await forked).toMatchObject({ session: null, answer: { state: 'refused' } });
    expect(made).toHaveLength(1);
  });

  it('answers nothing more once it is closed', async () => {
    const { session, worker } = await open();
    const running = session.run({ code: '1' });
    const refused = expect(running).rejects.toThrow('closed');
    await settle();
    await session.close();
    await refused;
    expect(worker(0).ended).toBe(true);
    await expect(session.run({ code: '1' })).rejects.toThrow('not open');
  });
});
