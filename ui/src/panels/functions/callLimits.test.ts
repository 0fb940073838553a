import { describe, expect, it } from 'vitest';
import { limitOf, patternProblem, readCalls, renamedLimit, withLimit } from './callLimits';

describe('a number of calls', () => {
  it.each([
    ['', null],
    ['  ', null],
    ['0', 0],
    [' 12 ', 12],
    ['1000000000', 1_000_000_000],
  ])('%j is %s', (text, calls) => expect(readCalls(text)).toEqual({ ok: true, calls }));

  it.each([
    ['-1', /whole number/],
    ['1.5', /whole number/],
    ['1e3', /whole number/],
    ['many', /or nothing for no limit/],
    ['1000000001', /billion/],
    ['9'.repeat(400), /billion/],
  ])('%j is none', (text, problem) => expect(readCalls(text)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) as string }));
});

describe('a pattern', () => {
  const known = ['dom_text', 'dom_create', 'ask', 'größe'];

  it.each(['*', 'dom_*', 'dom_text', 'ask', 'größe', 'open', 'Path.', 'Path.read_text', 'os.*', 'time.sleep'])('%j is one', (pattern) => {
    expect(patternProblem(pattern, known)).toBeNull();
  });

  it.each([
    ['', /^Enter a function/],
    ['dom text', /^A pattern is/],
    ['*_text', /^A pattern is/],
    ['5', /^A pattern is/],
    ['dmo_*', 'No function begins so.'],
    ['dom_txt', 'No function is called that.'],
  ])('%j is none', (pattern, problem) => expect(patternProblem(pattern, known)).toMatch(problem));

  it('of a function is taken while nobody knows the functions', () => expect(patternProblem('later', [])).toBeNull());
});

describe('what holds', () => {
  const limits = { 'dom_*': 5, dom_text: 9, dom_create: 2, 'Path.': 0 };

  it.each([
    ['dom_text', 'dom_*', 5],
    ['dom_create', 'dom_create', 2],
    ['Path.exists', 'Path.', 0],
  ])('for %s is what %s says', (name, pattern, calls) => expect(limitOf(limits, name)).toEqual({ pattern, calls }));

  it('for others is no limit', () => expect(limitOf(limits, 'domino')).toBeNull());

  it('changes by pattern, and goes with a name', () => {
    expect(withLimit({ a: 1 }, 'a', 0)).toEqual({ a: 0 });
    expect(withLimit({ a: 1, b: 2 }, 'a', null)).toEqual({ b: 2 });
    expect(renamedLimit({ a: 1, b: 2 }, 'a', 'c')).toEqual({ c: 1, b: 2 });
  });
});
