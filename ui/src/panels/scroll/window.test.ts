import { describe, expect, it } from 'vitest';
import { placeAfter, scrollTo, visibleRows } from './window';

const ROW = 24;

describe('what is rendered', () => {
  it.each([
    [5, 0, 240, { from: 0, to: 5 }],
    [100_000, 0, 240, { from: 0, to: 21 }],
    [100_000, ROW * 500, 240, { from: 490, to: 521 }],
    [100_000, ROW * 99_990, 240, { from: 99_979, to: 100_000 }],
    [100_000, Infinity, 240, { from: 99_979, to: 100_000 }],
    [100_000, 0, 0, { from: 0, to: 36 }],
    [30, 1_000_000, 240, { from: 9, to: 30 }],
    [0, Infinity, 240, { from: 0, to: 0 }],
  ])('of %d rows scrolled to %d', (count, top, height, rows) => {
    expect(visibleRows(count, top, height, ROW, 10)).toEqual(rows);
  });

  it('is more where more is wanted beside what is seen', () => {
    expect(visibleRows(100_000, ROW * 500, 240, ROW, 20)).toEqual({ from: 480, to: 531 });
  });
});

describe('a key', () => {
  it.each([
    ['ArrowDown', null, 0],
    ['ArrowUp', null, 99],
    ['ArrowDown', 99, 99],
    ['ArrowUp', 0, 0],
    ['PageDown', 10, 19],
    ['PageUp', 3, 0],
    ['Home', 50, 0],
    ['End', 50, 99],
    ['x', 50, null],
  ])('%s from %s leads to %s', (key, place, next) => {
    expect(placeAfter(key, place, 100, 240, ROW)).toBe(next);
  });
});

describe('a row', () => {
  it.each([
    [3, 100, 240, 72],
    [4, 96, 240, null],
    [20, 0, 240, 264],
  ])('%d is brought into sight', (place, top, height, to) => {
    expect(scrollTo(place, top, height, ROW)).toBe(to);
  });
});
