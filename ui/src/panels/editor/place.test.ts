import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { placeOf, rangeOf, utf16Offset } from './place';

describe('utf16Offset', () => {
  it.each([
    ['abc', 1, 0],
    ['abc', 3, 2],
    ['abc', 4, 3],
    ['a🐍b', 2, 1],
    ['a🐍b', 3, 3],
    ['🐍🐍', 3, 4],
    ['é̂x', 3, 2],
    ['abc', 99, 3],
    ['abc', 0, 0],
  ])('of %j, character %i, is %i', (line, column, offset) => {
    expect(utf16Offset(line, column)).toBe(offset);
  });
});

describe('rangeOf', () => {
  const doc = Text.of(['x = "🐍🐍" + 1', 'y = 2']);

  it('covers the exact characters', () => {
    const { from, to } = rangeOf(doc, { line: 1, column: 5, endLine: 1, endColumn: 13 });
    expect(doc.sliceString(from, to)).toBe('"🐍🐍" + 1');
  });

  it('goes over lines', () => {
    const { from, to } = rangeOf(doc, { line: 1, column: 12, endLine: 2, endColumn: 2 });
    expect(doc.sliceString(from, to)).toBe('1\ny');
  });

  it('stays in a document that has become shorter', () => {
    expect(rangeOf(doc, { line: 9, column: 1, endLine: 9, endColumn: 4 })).toEqual({ from: doc.length, to: doc.length });
  });

  it('takes the range of a problem', () => {
    const range = { start: { line: 1, column: 8 }, end: { line: 1, column: 9 } };
    const { from, to } = rangeOf(doc, placeOf(range));
    expect(doc.sliceString(from, to)).toBe('"');
    expect(from).toBe(9);
  });
});
