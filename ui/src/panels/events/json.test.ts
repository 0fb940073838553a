import { describe, expect, it } from 'vitest';
import { jsonProblem } from './json';

const VALID = ['1', '-0.5e+3', ' {} ', '[]', '[1, [2, {"a": null}]]', '{"a": true, "b": "x\\n\\u00e9"}', '"ä🐍"', 'false', '{"a":{"b":[[]]}}', '0'];

describe('a text that is JSON', () => {
  it.each(VALID)('%s has no problem', (text) => {
    expect(jsonProblem(text)).toBeNull();
    expect(() => JSON.parse(text)).not.toThrow();
  });
});

describe('a text that is none', () => {
  it.each([
    ['', 0, 'missing'],
    ['   ', 3, 'missing'],
    ['{"type": clik}', 9, 'value is expected'],
    ["{'type': 1}", 1, 'key in double quotes'],
    ["'a'", 0, 'double quotes'],
    ['{"a": True}', 6, 'true'],
    ['[None]', 1, 'null'],
    ['{"a" 1}', 5, 'colon'],
    ['{"a": 1 "b": 2}', 8, 'comma'],
    ['{"a": 1,}', 8, 'comma'],
    ['[1, 2', 5, 'comma or ]'],
    ['[1,]', 3, 'comma'],
    ['"abc', 4, 'no end'],
    ['"a\nb"', 2, 'line break'],
    ['"\\x"', 1, 'escape'],
    ['1 2', 2, 'follow'],
    ['01', 1, 'follow'],
    ['.5', 0, 'value'],
    ['-', 0, 'value'],
    ['NaN', 0, 'value'],
    ['['.repeat(200), 101, 'deep'],
  ])('%j has its problem at %i', (text, at, words) => {
    const problem = jsonProblem(text);
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
        expect(jsonProblem(cut) === null, cut).toBe(parses);
      }
    }
  });
});
