import { expect, it } from 'vitest';
import type { RunError } from '../host/host';
import { USAGE } from '../testing/fakeHost';
import { isBase64, sizeOf } from './base64';
import { explain } from './explain';
import { bytes, count, duration } from './units';

it.each([
  [0.44, '0.4 ms'],
  [2, '2 ms'],
  [999, '999 ms'],
  [1234, '1.23 s'],
  [61_000, '1 min 1 s'],
])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text));

it.each([
  [512, '512 B'],
  [1536, '1.5 KB'],
  [536_870_912, '512 MB'],
])('%i bytes are %s', (value, text) => expect(bytes(value)).toBe(text));

it('counts', () => {
  expect([count(1, 'line'), count(200_000, 'line')]).toEqual(['1 line', '200,000 lines']);
});

it.each([
  ['timeoutMs', 10_000, 'Time limit reached: 10,000 ms'],
  ['memoryBytes', 536_870_912, 'Memory limit reached: 512 MB'],
  ['recursionDepth', 1000, 'Recursion limit reached: 1,000'],
  ['somethingNew', 3, 'Limit reached: somethingNew'],
])('the limit %s is named with its value', (limit, max, title) => {
  const error: RunError = { kind: 'limit', excType: 'TimeoutError', message: 'm', traceback: [], limit, max };
  expect(explain({ kind: 'limit', error, usage: USAGE }).title).toBe(title);
});

it.each([
  ['', 0],
  ['YQ==', 1],
  ['YWI=', 2],
  ['YWJj', 3],
])('%j stands for %i bytes', (base64, size) => expect(sizeOf(base64)).toBe(size));

it.each(['YQ', 'YW=j', 'Y%==', 'YWJj\n', '===='])('%j is no base64', (text) => expect(isBase64(text)).toBe(false));
