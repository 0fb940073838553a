import { describe, expect, it } from 'vitest';
import type { Event, Stream } from '../host/host';
import { MAX_LINES, Output } from './output';

function print(text: string, stream: Stream = 'stdout'): Event {
  return { event: 'print', stream, text };
}

describe('Output', () => {
  it('keeps lines, empty ones too', () => {
    const output = new Output();
    output.take([print('a\n'), print('\n'), print('b\n')]);
    expect(output.slice(0, 9).map((line) => line.text)).toEqual(['a', '', 'b']);
  });

  it('joins the pieces of a line, of one stream only', () => {
    const output = new Output();
    output.take([print('a'), print('b'), print('e', 'stderr'), print('c\n'), print('d')]);
    expect(output.slice(0, 9)).toEqual([
      { stream: 'stdout', text: 'ab' },
      { stream: 'stderr', text: 'e' },
      { stream: 'stdout', text: 'c' },
      { stream: 'stdout', text: 'd' },
    ]);
  });

  it('ends an open line with a newline that comes alone', () => {
    const output = new Output();
    output.take([print('a'), print('\n'), print('b')]);
    expect(output.text()).toBe('a\nb');
    expect(output.count).toBe(2);
  });

  it('keeps the last lines of a flood and counts the others', () => {
    const output = new Output();
    const all = MAX_LINES * 2 + 7;
    for (let from = 0; from < all; from += 1000) {
      const many = Math.min(1000, all - from);
      output.take(Array.from({ length: many }, (_, index) => print(`${from + index}\n`)));
    }
    expect(output.count).toBe(MAX_LINES);
    expect(output.dropped).toBe(all - MAX_LINES);
    expect(output.slice(0, 1)[0]?.text).toBe(String(all - MAX_LINES));
    expect(output.slice(MAX_LINES - 1, MAX_LINES)[0]?.text).toBe(String(all - 1));
  });

  it('bounds what lines without end take', () => {
    const output = new Output();
    const piece = 'x'.repeat(1024 * 1024);
    for (let turn = 0; turn < 70; turn++) output.take([print(piece)]);
    expect(output.dropped).toBeGreaterThan(0);
    expect(output.text().length).toBeLessThanOrEqual(65 * 1024 * 1024);
  });

  it('tells who listens, until they stop', () => {
    const output = new Output();
    let told = 0;
    const stop = output.listen(() => told++);
    output.take([print('a\n')]);
    output.clear();
    stop();
    output.take([print('b\n')]);
    expect(told).toBe(2);
  });

  it('names the child that printed, and joins pieces of one alone', () => {
    const output = new Output();
    const child = (handle: number, told: Event): Event => ({ event: 'child', handle, told });
    output.take([print('a'), child(1, print('b')), child(1, print('c\n')), child(2, child(1, print('d\n', 'stderr'))), print('e\n')]);
    expect(output.slice(0, 9)).toEqual([
      { stream: 'stdout', text: 'a' },
      { stream: 'stdout', text: 'bc', child: '1' },
      { stream: 'stderr', text: 'd', child: '2.1' },
      { stream: 'stdout', text: 'e' },
    ]);
  });

  it('writes lines of its own, which join none of the program', () => {
    const output = new Output();
    output.take([print('open')]);
    output.echo('if x:\n    y');
    output.take([print('printed')]);
    output.result('1');
    output.take([print('more')]);
    expect(output.text()).toBe('open\n>>> if x:\n...     y\nprinted\n1\nmore');
  });
});
