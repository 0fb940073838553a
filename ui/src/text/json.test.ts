import { describe, expect, it } from 'vitest';
import { problemOf } from './json';

const VALID = ['1', '-0.5e+3', ' {} ', '[]', '[1, [2, {"a": null}]]', '{"a": true, "b": "x\\n\\u00e9"}', '"ä🐍"', 'false', '{"a":{"b":[[]]}}', '0'];

describe('a text that is JSON', () => {
  it.each(VALID)('%s has no problem', (text) => {
    expect(problemOf(text)).toBeNull();
    expect(() => JSON.parse(text)).not.toThrow();
  });
});

describe('a text that is none', () => {
  it.each([
    ['', 0, 'Enter a value'],
    ['   ', 3, 'Enter a value'],
    ['{"type": clik}', 9, 'double quotes'],
    ["{'type': 1}", 1, 'key stands in double quotes'],
    ["'a'", 0, 'not in single ones'],
    ['{"a": True}', 6, 'true'],
    ['[None]', 1, 'null'],
    ['{"a" 1}', 5, 'colon'],
    ['{"a": 1 "b": 2}', 8, 'comma is missing'],
    ['{"a": 1,}', 7, 'comma too many'],
    ['[1, 2', 5, 'has no ]'],
    ['[1,]', 2, 'comma too many'],
    ['"abc', 0, 'closing quote'],
    ['"a\nb"', 2, 'line break'],
    ['"\\x"', 1, 'backslash'],
    ['1 2', 2, 'more behind the end'],
    ['01', 0, 'not a number'],
    ['.5', 0, 'not a number'],
    ['-', 0, 'double quotes'],
    ['NaN', 0, '$float'],
    ['['.repeat(200), 101, 'deep'],
  ])('%j has its problem at %i', (text, at, words) => {
    const problem = problemOf(text);
    expect(problem?.at).toBe(at);
    expect(problem?.message).toContain(words);
    if (text.length < 100) expect(() => JSON.parse(text)).toThrow();
  });

  it('is found as the browser finds it, whatever is cut from the end', () => {
    for (const text of VALID) {
      for (let to = 0; to < text.length; to++) {
        const cut = text.slice(0, to);
        let parses = true;
        try {
          JSON.parse(cut);
        } catch {
          parses = false;
        }
        expect(problemOf(cut) === null, cut).toBe(parses);
      }
    }
  });
});
