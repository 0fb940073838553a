import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer, Diagnostic } from '../host/host';
import { FakeHost, diagnostics } from '../testing/fakeHost';
import { AsideSession } from './aside';
import { Diagnoser } from './diagnoser.svelte';

const range = { filename: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };
const problem = (message: string): Diagnostic => ({ message, severity: 'error', range });

/** A host whose answers are given by hand. */
function begin() {
  const host = new FakeHost();
  const asked: ((answer: Answer) => void)[] = [];
  host.ondiagnose = () => new Promise((resolve) => asked.push(resolve));
  const answer = async (found: Diagnostic[]) => {
    asked.shift()?.(diagnostics(found));
    await vi.advanceTimersByTimeAsync(0);
  };
  return { host, diagnoser: new Diagnoser(new AsideSession(host)), answer };
}

describe('Diagnoser', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('opens its session with the first question, when the text rests', async () => {
    const { host, diagnoser, answer } = begin();
    expect(host.opened).toBe(0);
    for (const code of ['x', 'x =', 'x = =']) {
      diagnoser.edited(code);
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(host.opened).toBe(0);
    await vi.advanceTimersByTimeAsync(60);
    expect(host.diagnosed).toEqual(['x = =']);
    await answer([problem('no')]);
    expect(diagnoser.latest).toEqual({ code: 'x = =', diagnostics: [problem('no')] });
    diagnoser.edited('x = 1');
    await vi.advanceTimersByTimeAsync(300);
    await answer([]);
    expect(diagnoser.latest).toEqual({ code: 'x = 1', diagnostics: [] });
    expect(host.opened).toBe(1);
  });

  it('drops an answer that is late, and asks once for the newest text', async () => {
    const { host, diagnoser, answer } = begin();
    diagnoser.edited('old');
    await vi.advanceTimersByTimeAsync(300);
    diagnoser.edited('newer');
    await vi.advanceTimersByTimeAsync(300);
    diagnoser.edited('newest');
    await vi.advanceTimersByTimeAsync(300);
    expect(host.diagnosed).toEqual(['old']);
    await answer([problem('late')]);
    expect(diagnoser.latest).toBeNull();
    expect(host.diagnosed).toEqual(['old', 'newest']);
    await answer([problem('now')]);
    expect(diagnoser.latest?.diagnostics).toEqual([problem('now')]);
  });

  it('finds nothing where the question was refused', async () => {
    const { host, diagnoser } = begin();
    host.ondiagnose = async () => ({ state: 'refused', code: 'unsupported', message: 'it took too long', reason: null });
    diagnoser.edited('endless');
    await vi.advanceTimersByTimeAsync(300);
    expect(diagnoser.latest).toEqual({ code: 'endless', diagnostics: [] });
  });

  it('goes on with a new session where one was lost', async () => {
    const { host, diagnoser } = begin();
    host.ondiagnose = () => Promise.reject(new Error('gone'));
    diagnoser.edited('a');
    await vi.advanceTimersByTimeAsync(300);
    host.ondiagnose = async () => diagnostics([problem('found')]);
    diagnoser.edited('b');
    await vi.advanceTimersByTimeAsync(300);
    expect(diagnoser.latest?.diagnostics).toEqual([problem('found')]);
    expect([host.opened, host.closed]).toEqual([2, 1]);
  });

  it('asks nothing once it is closed', async () => {
    const { host, diagnoser } = begin();
    diagnoser.edited('a');
    diagnoser.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(host.opened).toBe(0);
  });
});
