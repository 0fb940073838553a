import { describe, expect, it } from 'vitest';
import { MAX_LINES, Output } from '../../state/output';
import { LineFilter, pieces } from './filter';

function print(output: Output, ...texts: string[]): void {
  output.take(texts.map((text) => ({ event: 'print', stream: 'stdout', text })));
}

describe('the lines with a text', () => {
  it('are found, whatever their case, also among those that come', () => {
    const output = new Output();
    const filter = new LineFilter('Err');
    print(output, 'error 1\n', 'fine\n');
    filter.update(output);
    print(output, 'ERROR 2\n', 'fine\n');
    filter.update(output);
    filter.update(output);
    expect(filter.slice(0, 9)).toEqual([0, 2]);
  });

  it('are those of a line that became longer', () => {
    const output = new Output();
    const filter = new LineFilter('ab');
    print(output, 'a');
    filter.update(output);
    expect(filter.count).toBe(0);
    print(output, 'b');
    filter.update(output);
    expect(filter.slice(0, 9)).toEqual([0]);
    print(output, 'c\n');
    filter.update(output);
    expect(filter.slice(0, 9)).toEqual([0]);
  });

  it('go with what is cleared, even if as much was printed since', () => {
    const output = new Output();
    const filter = new LineFilter('x');
    print(output, 'x\n', 'x\n');
    filter.update(output);
    output.clear();
    print(output, 'a\n', 'x\n');
    filter.update(output);
    expect(filter.slice(0, 9)).toEqual([1]);
  });

  it('go with what is dropped in a flood', () => {
    const output = new Output();
    const filter = new LineFilter('7');
    print(output, '7\n', '7\n');
    filter.update(output);
    for (let from = 0; from < MAX_LINES; from += 10_000) print(output, Array.from({ length: 10_000 }, () => 'a\n').join(''));
    expect(filter.update(output)).toBe(2);
    expect(filter.count).toBe(0);
    print(output, 'a 7\n');
    filter.update(output);
    expect(filter.slice(0, 9)).toEqual([output.dropped + output.count - 1]);
  });
});

it.each([
  ['abcabc', 'bc', ['a', '[bc]', 'a', '[bc]']],
  ['Error', 'err', ['[Err]', 'or']],
  ['aaa', 'aa', ['[aa]', 'a']],
  ['abc', 'x', ['abc']],
  ['abc', '', ['abc']],
  ['İx', 'x', ['İx']],
])('%j is cut at %j', (line, needle, expected) => {
  expect(pieces(line, needle).map(({ text, isFound }) => (isFound ? `[${text}]` : text))).toEqual(expected);
});
