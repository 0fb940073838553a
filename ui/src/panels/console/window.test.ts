import { expect, it } from 'vitest';
import { LINE_HEIGHT, visibleLines } from './window';

it('renders everything that is short', () => {
  expect(visibleLines(5, true, 0, 400)).toEqual({ from: 0, to: 5 });
});

it('renders the tail while following, and few lines', () => {
  const { from, to } = visibleLines(200_000, true, 0, 400);
  expect(to).toBe(200_000);
  expect(to - from).toBeLessThan(60);
});

it('renders what is scrolled to otherwise', () => {
  const { from, to } = visibleLines(200_000, false, 1000 * LINE_HEIGHT, 400);
  expect(from).toBeLessThanOrEqual(1000);
  expect(to).toBeGreaterThanOrEqual(1020);
  expect(to - from).toBeLessThan(80);
});

it('does not run past the end', () => {
  expect(visibleLines(30, false, 1_000_000, 400).to).toBe(30);
});
