import { CompletionContext } from '@codemirror/autocomplete';
import { python } from '@codemirror/lang-python';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { callAround, importedModules, nameAt } from './calls';
import { complete } from './completion';
import { functionCalled, knownFunctions, partsOf, type Known } from '../known';

const KNOWN: Known[] = [
  { name: 'ask', namespace: 'own', signature: 'ask(question: str) -> str', about: 'Asks.' },
  { name: 'dom_create', namespace: 'dom', signature: 'dom_create(tag: str = "div") -> int', about: '' },
  { name: 'dom_root', namespace: 'dom', signature: 'dom_root() -> int', about: '' },
  { name: 'now', namespace: 'host', signature: 'now() -> str', about: '' },
];

/** The text with `|` where the cursor is. */
function at(marked: string) {
  const pos = marked.indexOf('|');
  const state = EditorState.create({ doc: marked.replace('|', ''), extensions: [python()] });
  return { state, pos };
}

function labels(marked: string, explicit = false): string[] {
  const { state, pos } = at(marked);
  const found = complete(new CompletionContext(state, pos, explicit), KNOWN);
  const word = found ? state.sliceDoc(found.from, pos) : '';
  return (found?.options ?? []).map(({ label }) => label).filter((label) => label.startsWith(word));
}

describe('completion', () => {
  it.each([
    ['as|', ['ask', 'as', 'assert', 'async']],
    ['dom_|', ['dom_create', 'dom_root']],
    ['whi|', ['while']],
    ['isin|', ['isinstance']],
    ['answer = 1\nans|', ['answer']],
    ['f"{dom_r|}"', ['dom_root']],
    ['"closed"; dom_r|', ['dom_root']],
    ['import dom\ndom.|', ['create', 'root']],
    ['import dom as d\nd.cr|', ['create']],
    ['dom.|', []],
    ['x.|', []],
    ['"dom_|"', []],
    ['"dom_|', []],
    ['"""\ndom_|\n"""', []],
    ['# dom_|', []],
    ['f"dom_|"', []],
    ['1|', []],
    ['def dom_|', []],
    ['import do|', ['dom']],
    ['import math, do|', ['dom']],
    ['from as|', ['asyncio']],
  ])('of %j gives %j', (marked, found) => {
    const given = labels(marked);
    if (found.length === 0) expect(given).toEqual([]);
    else expect(given).toEqual(expect.arrayContaining(found));
  });

  it('of nothing waits to be asked', () => {
    expect(labels('|')).toEqual([]);
    expect(labels('|', true)).toContain('ask');
  });

  it('names a function once', () => {
    expect(labels('ask = 1\nask|')).toEqual(['ask']);
  });
});

describe('the call around a place', () => {
  it.each([
    ['ask(|)', 'ask', 0, null],
    ['ask(|', 'ask', 0, null],
    ['dom_attr(a, |)', 'dom_attr', 1, null],
    ['dom_attr(a, f(1, 2), |b)', 'dom_attr', 2, null],
    ['dom_attr(a, f(1, |2), b)', 'f', 1, null],
    ['dom.create(tag=|)', 'dom.create', 0, 'tag'],
    ['f(a=1, |)', 'f', 1, null],
    ['f("(|")', 'f', 0, null],
  ])('in %j is %s, argument %i', (marked, callee, argument, keyword) => {
    const { state, pos } = at(marked);
    expect(callAround(state, pos)).toMatchObject({ callee, argument, keyword });
  });

  it.each(['|ask()', 'ask|()', 'ask()|', '(|1)', 'x = [|]', 'class A(|B): pass'])('in %j is none', (marked) => {
    const { state, pos } = at(marked);
    expect(callAround(state, pos)).toBeNull();
  });
});

describe('functions by name', () => {
  it.each([
    ['as|k(1)', 'ask'],
    ['ask|', 'ask'],
    ['import dom\ndom.cre|ate()', 'dom_create'],
    ['from dom import create\ndom_cr|eate()', 'dom_create'],
    ['dom.cre|ate()', null],
    ['"as|k"', null],
    ['other|()', null],
  ])('at %j is %s', (marked, name) => {
    const { state, pos } = at(marked);
    const named = nameAt(state, pos);
    expect((named && functionCalled(named.name, KNOWN, importedModules(state))?.name) ?? null).toBe(name);
  });

  it('are a person’s own as they are now, and others as they were told', () => {
    const told = (name: string, namespace: string, available = true) => ({ name, namespace, about: '', signature: `${name}() -> Any`, schema: '{}', available });
    const described = { extensions: [], functions: [told('old', 'own'), told('now', 'host'), told('fetch_text', 'fetch', false)], stub: '', prompt: '' };
    const own = { name: 'ask', about: 'Asks.', params: [{ name: 'question', type: 'string', default: null }, { name: 'n', type: 'integer', default: '2' }], returns: 'map' } as const;
    expect(knownFunctions(described, [{ ...own, params: [...own.params] }]).map(({ signature }) => signature)).toEqual([
      'ask(question: str, n: int = 2) -> dict',
      'now() -> Any',
    ]);
  });

  it.each([
    ['f() -> int', 'f(', [], ') -> int'],
    ['f(a: int) -> int', 'f(', ['a: int'], ') -> int'],
    ['f(a: list[int, str] = [1, 2], b: str = ",)") -> Any', 'f(', ['a: list[int, str] = [1, 2]', 'b: str = ",)"'], ') -> Any'],
  ])('have the parts of %j', (signature, before, params, after) => {
    expect(partsOf(signature)).toEqual({ before, params, after });
  });
});
