import { expect, test } from 'vitest';

import { FakeStorage } from '../testing/fakeHost';
import { store, storedSettings } from './storage';

test('values are there again, as the JSON that they were', () => {
  const keep = new FakeStorage();
  expect(storedSettings(keep)).toBeNull();
  store('a', '12345678901234567890', keep);
  store('b', '{"x":5.0}', keep);
  store('__proto__', '1', keep);
  expect(storedSettings(keep)).toBe('{"storage":{"a":12345678901234567890,"b":{"x":5.0},"__proto__":1}}');
  store('a', null, keep);
  store('__proto__', null, keep);
  expect(storedSettings(keep)).toBe('{"storage":{"b":{"x":5.0}}}');
});

test('what somebody else wrote is not taken', () => {
  const keep = new FakeStorage();
  keep.setItem('monty-playground.storage', '{"a":"not json","b":5}');
  expect(storedSettings(keep)).toBeNull();
  keep.setItem('monty-playground.storage', '[');
  expect(storedSettings(keep)).toBeNull();
});
