import { describe, expect, it } from 'vitest';
import type { Ending } from '../../state/ending';
import { USAGE } from '../../testing/fakeHost';
import { Clock, endedAt, gauge, liveGauge } from './gauge';

describe('a gauge', () => {
  it.each([
    [null, 100, false, null],
    [50, 0, false, null],
    [0, 100, false, { used: 0, max: 100, level: 'low' }],
    [79, 100, false, { used: 79, max: 100, level: 'low' }],
    [80, 100, false, { used: 80, max: 100, level: 'high' }],
    [120, 100, false, { used: 100, max: 100, level: 'high' }],
    [98, 100, true, { used: 100, max: 100, level: 'reached' }],
  ])('of %s used of %s, reached: %s', (used, max, reached, expected) => {
    expect(gauge(used, max, reached)).toEqual(expected);
  });

  it('of what runs does not say that the limit is reached', () => {
    expect(liveGauge(500, 100)).toEqual({ used: 99, max: 100, level: 'high' });
  });

  it('is full where the run ended at that limit', () => {
    const ending: Ending = {
      kind: 'limit',
      error: { kind: 'limit', excType: 'TimeoutError', message: '', limit: 'timeoutMs', max: 50, traceback: [] },
      usage: USAGE,
    };
    expect(endedAt(ending, 'timeoutMs')).toBe(true);
    expect(endedAt(ending, 'memoryBytes')).toBe(false);
    expect(endedAt(null, 'timeoutMs')).toBe(false);
  });
});

it('the clock stands while a program waits', () => {
  const clock = new Clock();
  clock.begin();
  expect(clock.at(100)).toBe(0);
  clock.goes(true, 100);
  clock.goes(true, 120);
  expect(clock.at(150)).toBe(50);
  clock.goes(false, 150);
  clock.goes(false, 900);
  expect(clock.at(1000)).toBe(50);
  clock.goes(true, 1000);
  expect(clock.at(1010)).toBe(60);
  clock.begin();
  expect(clock.at(2000)).toBe(0);
});
