import { describe, expect, it } from 'vitest';
import { settingsOf, NO_POLICY } from '../state/policy';
import { EXAMPLES, GROUPS, after, search } from '.';
import { parse } from './header';

const sources = import.meta.glob<string>('./*.py', { query: '?raw', import: 'default', eager: true });
const titles = (query: string) => search(query).map(({ title }) => title);

describe('the examples', () => {
  it('are as many as there are files, in the order of the groups', () => {
    expect(EXAMPLES.length).toBe(Object.keys(sources).length);
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(28);
    const groups = EXAMPLES.map(({ group }) => GROUPS.indexOf(group));
    expect(groups).toEqual([...groups].sort((a, b) => a - b));
    expect(new Set(groups).size).toBe(GROUPS.length);
  });

  it('have ids and titles of their own', () => {
    for (const key of ['id', 'title', 'about', 'pattern', 'code'] as const) {
      expect(new Set(EXAMPLES.map((example) => example[key])).size, key).toBe(EXAMPLES.length);
    }
  });

  it.each(EXAMPLES.map((example) => [example.id, example] as const))('%s is whole', (_, example) => {
    const { title, about, pattern, steps, tags, code } = example;
    expect(title).not.toMatch(/\.$/);
    expect(title.length).toBeLessThanOrEqual(32);
    for (const sentence of [about, pattern, ...steps]) expect(sentence).toMatch(/[.]$/);
    // Two lines of a narrow panel.
    expect(about.length).toBeLessThanOrEqual(72);
    expect(steps.length).toBeGreaterThanOrEqual(2);
    expect(tags.length).toBeGreaterThanOrEqual(1);
    for (const text of [pattern, ...steps]) expect(text.split('`').length % 2, text).toBe(1);

    const lines = code.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(15);
    expect(lines.length).toBeLessThanOrEqual(75);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(code).toMatch(/^ *# [A-Z].*[.:]$/m);
    // What a header is made of does not stand in the editor.
    expect(code).not.toMatch(/^# (title|group|about|pattern|tags|try|policy):/m);
  });

  const needy = EXAMPLES.flatMap((example) => (example.needs ? [[example.id, example.needs] as const] : []));

  it.each(needy)('%s says what it needs in words that the engine takes as they are', (id, { functions, modes, permissions, ...limits }) => {
    const source = Object.entries(sources).find(([path]) => path.endsWith(`-${id}.py`))?.[1] ?? '';
    const written: unknown = JSON.parse(/^# policy: (.+)$/m.exec(source)?.[1] ?? '');
    const said = {
      ...JSON.parse(settingsOf({ ...NO_POLICY, functions, modes, permissions })),
      limits: { timeoutMs: limits.timeoutMs, memoryBytes: limits.memoryMb && limits.memoryMb * 1_048_576 },
    };
    // Nothing of it was dropped as ill-formed.
    expect(said).toMatchObject(written as object);
  });

  it('declare a function of the same name in the same way', () => {
    const own = needy.flatMap(([, { functions }]) => functions);
    const names = own.map(({ name }) => name);
    expect(new Set(own.map((each) => JSON.stringify(each))).size).toBe(new Set(names).size);
  });

  it('lead from each to the next, and end', () => {
    const [first] = EXAMPLES;
    const seen = [];
    for (let at = first ?? null; at; at = after(at)) seen.push(at.id);
    expect(seen).toEqual(EXAMPLES.map(({ id }) => id));
  });
});

describe('searching', () => {
  it.each([
    ['hello', ['Hello']],
    ['  TRAVELLING   sales ', ['Travelling salesman']],
    ['swap-by', ['Sorting, step by step']],
    ['todo.py', ['To-do list']],
    ['bomb', ['Memory bomb', 'Sandbox bomb']],
    ['own perm', ['Permission asked']],
    ['zzz', []],
  ])('%j finds %j', (query, expected) => expect(titles(query)).toEqual(expected));

  it('finds all by nothing, and all of a group by its name', () => {
    expect(search(' ')).toBe(EXAMPLES);
    expect(titles('snapshots')).toEqual(EXAMPLES.filter(({ group }) => group === 'Snapshots').map(({ title }) => title));
  });
});

describe('a header', () => {
  const whole = '# title: T\n# group: G\n# about: A.\n# pattern: P.\n# tags: a, b\n# try: One.\n# try: Two.\n\n# Code.\n1\n';

  it('is taken apart', () => {
    expect(parse(whole)).toEqual({
      title: 'T',
      group: 'G',
      about: 'A.',
      pattern: 'P.',
      tags: ['a', 'b'],
      steps: ['One.', 'Two.'],
      needs: null,
      code: '# Code.\n1\n',
    });
  });

  it.each(['title', 'group', 'about', 'pattern', 'tags', 'try'])('without %s is refused', (name) => {
    expect(() => parse(whole.replace(new RegExp(`^# ${name}: .*\n`, 'gm'), ''))).toThrow();
  });

  it('with two titles is refused', () => expect(() => parse(`# title: X\n${whole}`)).toThrow(/title once/));
  it('with a policy that is no JSON is refused', () => expect(() => parse(`# policy: {x}\n${whole}`)).toThrow(SyntaxError));
});
