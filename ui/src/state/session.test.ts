import { describe, expect, it, vi } from 'vitest';
import { FakeHost, cancelled, exception, frame, settle, value } from '../testing/fakeHost';
import type { Answer } from '../host/host';
import { RunSession } from './session.svelte';

function begin(code = '1') {
  const host = new FakeHost();
  const session = new RunSession(host);
  const ended = session.run({ code });
  return { host, session, ended };
}

describe('RunSession', () => {
  it('shows prints while the program runs, then its value', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.print('one\n');
    expect(session.phase).toBe('running');
    expect(session.output.text()).toBe('one');
    expect(session.ending).toBeNull();
    host.end(value('42'));
    await ended;
    expect(session.phase).toBe('idle');
    expect(session.ending).toMatchObject({ kind: 'value', repr: '42' });
  });

  it('opens one session for many runs, and forgets the output of the run before', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.print('old\n');
    host.end(value('1'));
    await ended;
    const again = session.run({ code: '2' });
    await settle();
    expect(session.output.count).toBe(0);
    host.end(value('2'));
    await again;
    expect(host.opened).toBe(1);
    expect(host.sources.map((source) => source.code)).toEqual(['1', '2']);
  });

  it('does not start a second run while one runs', async () => {
    const { host, session } = begin();
    await settle();
    await session.run({ code: 'second' });
    expect(host.sources).toHaveLength(1);
  });

  it('keeps the kind of an error', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.end(exception('ValueError', 'no', [frame(1, 1, 2)]));
    await ended;
    expect(session.ending).toMatchObject({ kind: 'exception', error: { excType: 'ValueError' } });
  });

  it('says that a misused session could not run', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.end({ state: 'error', code: 'badInput', message: 'timeoutMs is negative' });
    await ended;
    expect(session.ending).toEqual({ kind: 'failed', message: 'timeoutMs is negative' });
  });

  it('survives a host that fails, with a new session', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.fail('the pipe is closed');
    await ended;
    expect(session.ending).toEqual({ kind: 'failed', message: 'the pipe is closed' });
    const again = session.run({ code: '2' });
    await settle();
    host.end(value('2'));
    await again;
    expect(session.ending).toMatchObject({ kind: 'value', repr: '2' });
    expect([host.opened, host.closed]).toEqual([2, 1]);
  });

  it('survives a host that cannot open', async () => {
    const host = new FakeHost();
    host.gate = Promise.reject(new Error('no engine'));
    const session = new RunSession(host);
    await session.warm();
    expect(session.ending).toBeNull();
    await session.run({ code: '1' });
    expect(session.ending).toEqual({ kind: 'failed', message: 'no engine' });
    host.gate = Promise.resolve();
    const again = session.run({ code: '1' });
    await settle();
    host.end(value('1'));
    await again;
    expect(session.ending).toMatchObject({ kind: 'value' });
  });
});

describe('stopping', () => {
  it('is stopping until the host has stopped', async () => {
    const { host, session, ended } = begin();
    await settle();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    host.oncancel = async () => {
      await held;
      host.end(cancelled());
      return { state: 'cancelled' };
    };
    const stopped = session.stop();
    expect(session.phase).toBe('stopping');
    release();
    await Promise.all([stopped, ended]);
    expect(session.phase).toBe('idle');
    expect(session.ending?.kind).toBe('stopped');
    expect(host.cancels).toBe(1);
  });

  it('keeps the value of a program that ended first', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.oncancel = async () => {
      host.end(value('7'));
      return { state: 'error', code: 'badState', message: 'nothing runs' };
    };
    await Promise.all([session.stop(), ended]);
    expect(session.ending).toMatchObject({ kind: 'value', repr: '7' });
  });

  it('while the session is told what holds means that nothing runs, and it is told again', async () => {
    const host = new FakeHost();
    const session = new RunSession(host);
    let told: (answer: Answer) => void = () => undefined;
    host.onconfigure = () => new Promise<Answer>((resolve) => (told = resolve));
    // The host ends what it does: the session has not taken the settings in.
    host.oncancel = async () => {
      told({ state: 'cancelled' });
      return { state: 'cancelled' };
    };
    const ended = session.run({ code: '1' }, '{"seed":1}');
    await settle();
    await Promise.all([session.stop(), ended]);
    expect(session.ending?.kind).toBe('stopped');
    expect(host.sources).toEqual([]);
    host.onconfigure = () => ({ state: 'configured' });
    void session.run({ code: '1' }, '{"seed":1}');
    await settle();
    expect(host.settings).toHaveLength(2);
    expect(host.sources).toHaveLength(1);
  });

  it('before the session is open means that nothing runs', async () => {
    const host = new FakeHost();
    let open = () => {};
    host.gate = new Promise<void>((resolve) => (open = resolve));
    const session = new RunSession(host);
    const ended = session.run({ code: '1' });
    await session.stop();
    expect(session.ending?.kind).toBe('stopped');
    open();
    await ended;
    expect(host.sources).toHaveLength(0);
  });

  it('gives up a run that never answers, and ignores what it still says', async () => {
    vi.useFakeTimers();
    try {
      const { host, session } = begin();
      await vi.advanceTimersByTimeAsync(0);
      host.oncancel = async () => ({ state: 'cancelled' });
      const stopped = session.stop();
      await vi.advanceTimersByTimeAsync(900);
      expect(session.phase).toBe('stopping');
      await vi.advanceTimersByTimeAsync(200);
      await stopped;
      expect(session.ending?.kind).toBe('stopped');
      host.print('late\n');
      host.end(value('late'));
      await vi.advanceTimersByTimeAsync(0);
      expect(session.output.count).toBe(0);
      expect(session.ending?.kind).toBe('stopped');
      expect(host.closed).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that fails ends the run with the failure', async () => {
    const { host, session } = begin();
    await settle();
    host.oncancel = () => Promise.reject(new Error('gone'));
    await session.stop();
    expect(session.ending).toEqual({ kind: 'failed', message: 'gone' });
    expect(session.phase).toBe('idle');
  });
});

describe('a call that is answered by hand', () => {
  const call = { state: 'pending', functionName: 'ask', args: [], kwargs: [], callId: 3, awaited: false, range: null } as const;
  const pause = () => ({ ...call, args: [], kwargs: [] });

  it('waits for its answer, and the program goes on', async () => {
    const { host, session } = begin();
    await settle();
    host.pause(pause());
    await settle();
    expect([session.phase, session.pending?.functionName]).toEqual(['paused', 'ask']);
    const answered = session.answer('"ada"');
    expect(session.phase).toBe('running');
    await settle();
    host.end(value("'ada'"));
    await answered;
    expect(host.answers).toEqual(['"ada"']);
    expect([session.phase, session.pending]).toEqual(['idle', null]);
  });

  it('waits on after an answer that is not taken, and says why', async () => {
    const { host, session } = begin();
    await settle();
    host.pause(pause());
    await settle();
    const answered = session.answer('1');
    await settle();
    host.pause({ state: 'refused', code: 'badInput', message: 'ask gives a string', reason: null });
    await answered;
    expect([session.phase, session.problem, session.pending?.callId]).toEqual(['paused', 'ask gives a string', 3]);
    const raised = session.raise('ValueError', 'no');
    expect(session.problem).toBeNull();
    await settle();
    host.pause({ state: 'resolveFutures', callIds: [3, 4] });
    await raised;
    expect([session.phase, session.futures]).toEqual(['paused', [3, 4]]);
  });

  it('goes with the program that is stopped', async () => {
    const { host, session } = begin();
    await settle();
    host.pause(pause());
    await settle();
    host.oncancel = async () => ({ state: 'cancelled' });
    await session.stop();
    expect([session.phase, session.pending, session.ending?.kind]).toEqual(['idle', null, 'stopped']);
  });
});

describe('what holds for a program', () => {
  it('is told before it runs, and only where it is new', async () => {
    const { host, session, ended } = begin();
    await settle();
    host.end(value('1'));
    await ended;
    for (const settings of ['{"environ":{}}', '{"environ":{}}', '{"fetch":[]}']) {
      const again = session.run({ code: '2' }, settings);
      await settle();
      host.end(value('2'));
      await again;
    }
    expect(host.settings).toEqual(['{"environ":{}}', '{"fetch":[]}']);
    expect(host.sources.every(({ fresh }) => fresh)).toBe(true);
  });

  it('ends a run with the reason where it is refused', async () => {
    const host = new FakeHost();
    host.onconfigure = () => ({ state: 'refused', code: 'badInput', message: 'print is a builtin', reason: null });
    const session = new RunSession(host);
    await session.run({ code: '1' }, '{"functions":[]}');
    expect(session.ending).toEqual({ kind: 'failed', message: 'print is a builtin' });
    expect(host.sources).toHaveLength(0);
  });
});
