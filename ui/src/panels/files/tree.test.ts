import { describe, expect, it } from 'vitest';
import { rowAfter, rowsOf } from './tree';

const FILES = ['/b.txt', '/a10.txt', '/a9.txt', '/out/x/deep.bin', '/out/top.txt', '/empty'].map((path, index) => ({ path, size: index }));
const drawn = (closed: string[] = []) =>
  rowsOf(FILES, new Set(closed)).map((row) => `${'  '.repeat(row.level - 1)}${row.name}${row.kind === 'folder' ? `/ ${row.count}` : ''}`);

describe('a tree of files', () => {
  it('has folders first, then names as people count', () => {
    expect(drawn()).toEqual(['out/ 2', '  x/ 1', '    deep.bin', '  top.txt', 'a9.txt', 'a10.txt', 'b.txt', 'empty']);
  });

  it('hides what is in a closed folder, and still counts it', () => {
    expect(drawn(['/out'])).toEqual(['out/ 2', 'a9.txt', 'a10.txt', 'b.txt', 'empty']);
  });

  it.each([
    [0, 'ArrowDown', 1],
    [7, 'ArrowDown', 7],
    [0, 'ArrowUp', 0],
    [4, 'Home', 0],
    [0, 'End', 7],
    [2, 'ArrowLeft', 1],
    [3, 'ArrowLeft', 0],
    [4, 'ArrowLeft', null],
    [4, 'x', null],
  ])('leads from row %i with %s to %j', (at, key, to) => {
    expect(rowAfter(rowsOf(FILES, new Set()), at, key)).toBe(to);
  });

  it('makes rows of ten thousand files at once', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ path: `/d${index % 100}/f${index}.txt`, size: 1 }));
    expect(rowsOf(many, new Set())).toHaveLength(10_100);
  });
});
