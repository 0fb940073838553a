import { expect, it } from 'vitest';
import { lasts } from './words';

it.each([
  [-5, '0.0 s'],
  [0, '0.0 s'],
  [2340, '2.3 s'],
  [59_900, '59.9 s'],
  [61_500, '1 min 1 s'],
])('what lasts %s ms is said as %s', (ms, said) => expect(lasts(ms)).toBe(said));
