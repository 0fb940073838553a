import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settle, value } from '../testing/fakeHost';
import { RecordHost } from '../testing/recordHost';
import { callAt, endAt, openCallAt, printAt, runAt, type Raw } from '../testing/records';
import { SessionRecord } from './record.svelte';
import { RunSession } from './session.svelte';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
});

function open(entries: Raw[] = []) {
  const host = new RecordHost();
  host.entries = entries;
  const session = new RunSession(host);
  const record = new SessionRecord(session);
  return { host, session, record };
}

/** Somebody looks. */
function watch(record: SessionRecord): () => void {
  const end = $effect.root(() => record.follow());
  flushSync();
  ends.push(end);
  return end;
}

async function come(): Promise<void> {
  flushSync();
  await settle();
  await settle();
  flushSync();
}

const names = (record: SessionRecord) => {
  const { from, to } = record.stretch;
  return Array.from({ length: to - from }, (_, index) => record.rows.name(from + index));
};

describe('SessionRecord', () => {
  it('asks nothing while nobody looks, and all there is when somebody does', async () => {
    const { host, session, record } = open([runAt(0), callAt(1, 1, 'log'), endAt(2, 2)]);
    const run = session.run({ code: '1' });
    await settle();
    host.end(value('1'));
    await run;
    expect(host.asked).toEqual([]);
    watch(record);
    await come();
    expect(names(record)).toEqual(['run', 'log', 'end']);
  });

  it('reads nothing while a program computes, and what is new when it has ended', async () => {
    const { host, session, record } = open();
    watch(record);
    await come();
    const before = host.asked.length;
    void session.run({ code: '1' });
    await come();
    host.print('one\n');
    await come();
    expect(host.asked.length).toBe(before);
    expect(record.begun).toBe(true);
    host.entries = [runAt(0), printAt(1, 1, 'one\n'), endAt(2, 2)];
    host.end(value('1'));
    await come();
    expect(names(record)).toEqual(['run', 'print', 'end']);
    expect(record.begun).toBe(false);
  });

  it('knows how long a program has waited when somebody looks late', async () => {
    const { host, session, record } = open([runAt(0, 500), openCallAt(1, 510, 'ask')]);
    void session.run({ code: '1' });
    await settle();
    host.pause({ state: 'pending', functionName: 'ask', args: [], kwargs: [], callId: 1, awaited: false, range: null });
    await settle();
    session.startedAt = performance.now() - 3000;
    watch(record);
    await come();
    expect(record.now).toBeGreaterThan(3490);
    expect(record.now).toBeLessThan(4500);
  });

  it('reads anew a call that was open, and only what is new besides', async () => {
    const { host, session, record } = open();
    watch(record);
    void session.run({ code: 'ask()' });
    await come();
    host.entries = [runAt(0), callAt(1, 1, 'log'), openCallAt(2, 2, 'ask')];
    host.pause({ state: 'pending', functionName: 'ask', args: [], kwargs: [], callId: 2, awaited: false, range: null });
    await come();
    expect(record.rows.state(2)).toBe('waiting');
    host.entries = [runAt(0), callAt(1, 1, 'log'), callAt(2, 2, 'ask', { durationMs: 40 }), endAt(3, 42)];
    void session.answer('1');
    await come();
    host.end(value('1'));
    await come();
    expect(record.rows.state(2)).toBe('answered');
    expect(names(record)).toEqual(['run', 'log', 'ask', 'end']);
    expect(host.asked.at(-1)?.[0]).toBe(2);
  });

  it('reads a moment after a program has said that it waits, and again while it does', async () => {
    vi.useFakeTimers();
    const { host, session, record } = open();
    watch(record);
    void session.run({ code: '1' });
    await vi.advanceTimersByTimeAsync(10);
    const before = host.asked.length;
    host.entries = [runAt(0), openCallAt(1, 1, 'dom_on_click')];
    host.tell([{ event: 'waiting', functionName: 'dom_on_click', callId: 1, handles: [], range: null }]);
    flushSync();
    expect(host.asked.length).toBe(before);
    await vi.advanceTimersByTimeAsync(100);
    expect(host.asked.length).toBe(before + 1);
    expect(names(record)).toEqual(['run', 'dom_on_click']);
    host.entries = [...host.entries, callAt(2, 5, 'log')];
    await vi.advanceTimersByTimeAsync(1000);
    expect(names(record)).toEqual(['run', 'dom_on_click', 'log']);
    host.tell([{ event: 'waited', callId: 1 }]);
    flushSync();
    const asked = host.asked.length;
    await vi.advanceTimersByTimeAsync(2000);
    expect(host.asked.length).toBe(asked);
  });

  it('goes on after a question that was left standing behind the program', async () => {
    vi.useFakeTimers();
    const { host, session, record } = open();
    watch(record);
    void session.run({ code: '1' });
    await vi.advanceTimersByTimeAsync(10);
    host.held = new Promise(() => undefined);
    host.tell([{ event: 'waiting', functionName: 'el_recv', callId: 1, handles: [], range: null }]);
    flushSync();
    await vi.advanceTimersByTimeAsync(200);
    host.held = Promise.resolve();
    host.entries = [runAt(0), openCallAt(1, 1, 'el_recv')];
    await vi.advanceTimersByTimeAsync(3000);
    expect(names(record)).toEqual(['run', 'el_recv']);
  });

  it('stops asking when nobody looks any more', async () => {
    vi.useFakeTimers();
    const { host, session, record } = open();
    const end = watch(record);
    void session.run({ code: '1' });
    await vi.advanceTimersByTimeAsync(10);
    host.tell([{ event: 'waiting', functionName: 'el_recv', callId: 1, handles: [], range: null }]);
    flushSync();
    end();
    const asked = host.asked.length;
    await vi.advanceTimersByTimeAsync(3000);
    expect(host.asked.length).toBe(asked);
  });

  it('shows the last run, or another that is chosen; settings belong to the run after them', async () => {
    const settings = { seq: 3, atMs: 3, kind: 'settings', settings: {} };
    const { record } = open([runAt(0), callAt(1, 1, 'first'), endAt(2, 2), settings, runAt(4, 4), callAt(5, 5, 'second'), endAt(6, 6)]);
    watch(record);
    await come();
    expect(names(record)).toEqual(['settings', 'run', 'second', 'end']);
    expect(record.runs.map(({ seq }) => seq)).toEqual([0, 4]);
    record.run = 0;
    expect(names(record)).toEqual(['run', 'first', 'end']);
  });

  it('starts over with another session', async () => {
    const { host, session, record } = open([runAt(0), callAt(1, 1, 'old'), endAt(2, 2)]);
    watch(record);
    await come();
    record.selected = 1;
    host.entries = [runAt(0), callAt(1, 1, 'new'), callAt(2, 1, 'new'), endAt(3, 2)];
    await session.reset();
    await come();
    expect(names(record)).toEqual(['run', 'new', 'new', 'end']);
    expect(record.selected).toBeNull();
  });

  it('starts over where the numbers do', async () => {
    const { host, session, record } = open([runAt(0), callAt(1, 1, 'old'), endAt(2, 2)]);
    watch(record);
    await come();
    host.entries = [runAt(0), endAt(1, 1)];
    void session.run({ code: '1' });
    await come();
    host.end(value('1'));
    await come();
    expect(names(record)).toEqual(['run', 'end']);
  });

  it('takes up where the engine has dropped what was oldest', async () => {
    const { host, session, record } = open([runAt(0), endAt(1, 2)]);
    watch(record);
    await come();
    host.entries = [callAt(500, 1, 'late'), endAt(501, 2)];
    void session.run({ code: '1' });
    await come();
    host.end(value('1'));
    await come();
    expect(names(record)).toEqual(['late', 'end']);
    expect(record.rows.base).toBe(500);
  });

  it('reads much in pages of a size that nobody has to wait for', async () => {
    const { host, record } = open([runAt(0), ...Array.from({ length: 9000 }, (_, index) => callAt(index + 1, 1, 'log'))]);
    watch(record);
    await vi.waitFor(() => expect(record.rows.count).toBe(9001));
    expect(Math.max(...host.asked.map(([, limit]) => limit ?? Infinity))).toBeLessThanOrEqual(2000);
    expect(host.asked.length).toBeGreaterThan(4);
  });

  it('says why it could not be read, and forgets that when it can be again', async () => {
    const { host, session, record } = open([runAt(0)]);
    host.refusal = 'it is tired';
    watch(record);
    await come();
    expect(record.problem).toBe('it is tired');
    host.refusal = null;
    await session.reset();
    await come();
    expect([record.problem, record.rows.count]).toEqual([null, 1]);
  });

  it('gives single entries and large values, but not while a program computes', async () => {
    const { host, session, record } = open([runAt(0), callAt(1, 1, 'log')]);
    host.values.set('a', 'all of it');
    expect((await record.entry(1))?.what).toMatchObject({ functionName: 'log' });
    expect((await record.value('a'))?.repr).toBe('all of it');
    expect(await record.value('b')).toBeNull();
    void session.run({ code: '1' });
    await settle();
    const asked = host.asked.length;
    expect(await record.entry(1)).toBeNull();
    expect(await record.value('a')).toBeNull();
    expect(host.asked.length).toBe(asked);
  });

  it('switches recording', async () => {
    const { host, record } = open();
    await record.setRecording(false);
    expect([host.recording, record.recording]).toEqual([false, false]);
  });
});

describe('what is told meanwhile', () => {
  beforeEach(() => vi.useFakeTimers());

  it('is counted until it has been read', async () => {
    const { host, session, record } = open();
    watch(record);
    void session.run({ code: '1' });
    await vi.advanceTimersByTimeAsync(10);
    for (let line = 0; line < 100; line += 1) host.print(`${line}\n`);
    host.tell([{ event: 'emit', value: { json: '1', repr: '1' }, callId: null }]);
    await vi.advanceTimersByTimeAsync(300);
    expect(record.live).toEqual({ prints: 100, others: 1 });
    host.entries = [runAt(0), endAt(1, 1)];
    host.end(value('1'));
    await vi.advanceTimersByTimeAsync(300);
    flushSync();
    await vi.advanceTimersByTimeAsync(300);
    expect(record.live).toEqual({ prints: 0, others: 0 });
  });
});
