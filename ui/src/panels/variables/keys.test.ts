import { expect, it } from 'vitest';
import type { Row } from '../../state/variables.svelte';
import { keyAction } from './keys';

function row(name: string, level: number, how: 'open' | 'closed' | 'leaf' = 'leaf'): Row {
  const variable = { name, type: 'int', preview: '1', opens: how !== 'leaf' };
  return { kind: 'value', key: name, level, path: [name], variable, isOpen: how === 'open', mark: null };
}

const ROWS: Row[] = [
  row('a', 1),
  row('b', 1, 'open'),
  row('b.x', 2),
  row('b.y', 2, 'closed'),
  { kind: 'more', key: '…', level: 2, path: ['b'], loaded: 2, total: 9 },
  row('c', 1),
];

it.each([
  ['ArrowDown', 0, { to: 1 }],
  ['ArrowUp', 1, { to: 0 }],
  ['PageDown', 0, { to: 4 }],
  ['PageUp', 5, { to: 1 }],
  ['Home', 4, { to: 0 }],
  ['End', 0, { to: 5 }],
  ['Enter', 3, 'act'],
  [' ', 4, 'act'],
  ['ArrowRight', 0, null],
  ['ArrowRight', 1, { to: 2 }],
  ['ArrowRight', 3, 'act'],
  ['ArrowRight', 4, null],
  ['ArrowLeft', 1, 'act'],
  ['ArrowLeft', 2, { to: 1 }],
  ['ArrowLeft', 4, { to: 1 }],
  ['ArrowLeft', 5, null],
  ['x', 0, null],
] as const)('%s at row %i', (key, at, expected) => {
  expect(keyAction({ key, ctrlKey: false, metaKey: false, altKey: false }, ROWS, at, 4)).toEqual(expected);
});

it.each([
  ['c', true, false, 'copy'],
  ['C', true, false, 'copy'],
  ['ArrowDown', true, false, null],
  ['ArrowDown', false, true, null],
])('%s with Ctrl: %s, Alt: %s', (key, ctrlKey, altKey, expected) => {
  expect(keyAction({ key, ctrlKey, metaKey: false, altKey }, ROWS, 0, 4)).toEqual(expected);
});
