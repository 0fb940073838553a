import { expect, it } from 'vitest';
import { leadsTo } from './roving';

it.each([
  ['ArrowRight', 0, 'row', 1],
  ['ArrowRight', 2, 'row', 0],
  ['ArrowLeft', 0, 'row', 2],
  ['ArrowLeft', 2, 'row', 1],
  ['ArrowDown', 1, 'column', 2],
  ['ArrowUp', 0, 'column', 2],
  ['ArrowDown', -1, 'column', 0],
  ['ArrowUp', -1, 'column', 2],
  ['Home', 2, 'row', 0],
  ['End', 0, 'column', 2],
  ['ArrowDown', 0, 'row', null],
  ['a', 0, 'row', null],
] as const)('%s from %i in a %s leads to %s', (key, at, way, to) => {
  expect(leadsTo(key, at, 3, way)).toBe(to);
});

it('leads nowhere where there is nothing', () => {
  expect(leadsTo('End', -1, 0, 'row')).toBeNull();
});
