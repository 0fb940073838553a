import { describe, expect, it } from 'vitest';
import { FakeStorage } from '../testing/fakeHost';
import { Recent, rank } from './search';

const best = (sought: string, ...titles: string[]) =>
  titles
    .map((title) => ({ title, rank: rank(title, sought) }))
    .filter(({ rank }) => rank !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ title }) => title);

describe('the rank of a title', () => {
  it.each([
    ['run', ['Prune', 'Run', 'Show run'], ['Run', 'Show run', 'Prune']],
    ['sf', ['Show files', 'Stop if', 'Safe'], ['Show files', 'Safe']],
    ['fil', ['Show files', 'Files'], ['Files', 'Show files']],
    ['xyz', ['Run'], []],
    ['tmln', ['Show timeline'], ['Show timeline']],
    [' RUN ', ['Run'], ['Run']],
  ])('for %j orders %j as %j', (sought, titles, expected) => {
    const found = best(sought, ...titles);
    expect(found.filter((title) => expected.includes(title))).toEqual(expected);
    if (expected.length === 0) expect(found).toEqual([]);
  });

  it('does not find letters that are far apart', () => {
    expect(rank('Close the program that is seen', 'ct')).not.toBeNull();
    expect(rank('Close the program that is seen', 'cmn')).toBeNull();
  });
});

describe('what was chosen', () => {
  it('comes first, the last before those before it, and outlives the window', () => {
    const storage = new FakeStorage();
    const recent = new Recent(storage);
    recent.chosen('a');
    recent.chosen('b');
    recent.chosen('a');
    const again = new Recent(storage);
    expect(['a', 'b', 'never'].map((id) => again.place(id))).toEqual([0, 1, 8]);
  });

  it.each(['{', '7', '[1, null]'])('is nothing where %j was kept', (kept) => {
    const storage = new FakeStorage();
    storage.setItem('monty-playground.recent', kept);
    expect(new Recent(storage).place('a')).toBe(8);
  });

  it('is chosen all the same where nothing can be kept', () => {
    const recent = new Recent({
      getItem: () => null,
      setItem: () => {
        throw new Error('full');
      },
    });
    recent.chosen('a');
    expect(recent.place('a')).toBe(0);
  });
});
