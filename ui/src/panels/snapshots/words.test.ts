import { expect, it } from 'vitest';
import { doingWords, timeWords } from './words';

it.each([
  [null, '', 'At rest'],
  [null, 'a.py', 'At rest after a.py'],
  [{ call: 'ask', line: 3 }, 'a.py', 'Waits at ask, line 3 of a.py'],
  [{ call: 'ask', line: null }, 'a.py', 'Waits at ask of a.py'],
  [{ call: 'futures', line: null }, '', 'Waits for calls that were left open'],
])('%j in %j: %s', (doing, script, words) => expect(doingWords({ doing, script })).toBe(words));

it('tells the day of what is not of today', () => {
  const now = new Date(2026, 4, 7, 15, 0).getTime();
  expect(timeWords(now - 60_000, now)).not.toContain(',');
  expect(timeWords(now - 86_400_000, now)).toContain(',');
});
