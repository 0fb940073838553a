import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeStorage } from '../testing/fakeHost';
import { DEFAULTS, Settings, type Values } from './settings.svelte';

const KEY = 'monty-playground.settings';

function stored(text: string): Settings {
  const storage = new FakeStorage();
  storage.items.set(KEY, text);
  return new Settings(storage);
}

describe('what is read', () => {
  it('is what was written', () => {
    const storage = new FakeStorage();
    const before = new Settings(storage);
    const all: Values = { timeoutMs: 0, memoryMb: 64, split: 0.3, rows: 0.4, side: 'files', dock: 'timeline', theme: 'dark' };
    before.change(all);
    before.flush();
    expect(new Settings(storage).values).toEqual(all);
  });

  it.each(['', '{', 'null', '[]', '"text"', '7'])('is the default for %j', (text) => {
    expect(stored(text).values).toEqual(DEFAULTS);
  });

  it('keeps the sound fields beside broken ones', () => {
    const text = JSON.stringify({ timeoutMs: -5, memoryMb: 64, split: 3, side: 'none', dock: 7, theme: 'pink' });
    expect(stored(text).values).toEqual({ ...DEFAULTS, memoryMb: 64 });
  });

  it('is the default where storage is forbidden', () => {
    const forbidden = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
    };
    const settings = new Settings(forbidden);
    settings.change({ memoryMb: 7 });
    expect(() => settings.flush()).not.toThrow();
    expect(settings.values).toEqual({ ...DEFAULTS, memoryMb: 7 });
  });
});

describe('what is written', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is written once for many changes, within half a second of the first', () => {
    const storage = new FakeStorage();
    const settings = new Settings(storage);
    for (const memoryMb of [1, 12, 123]) {
      settings.change({ memoryMb });
      vi.advanceTimersByTime(50);
    }
    expect(storage.writes).toBe(0);
    vi.advanceTimersByTime(400);
    expect(storage.writes).toBe(1);
    expect(storage.items.get(KEY)).toContain('123');
  });

  it('is written at once on flush, and not again', () => {
    const storage = new FakeStorage();
    const settings = new Settings(storage);
    settings.change({ memoryMb: 77 });
    settings.flush();
    expect(storage.items.get(KEY)).toContain('77');
    vi.advanceTimersByTime(1000);
    settings.flush();
    expect(storage.writes).toBe(1);
  });
});
