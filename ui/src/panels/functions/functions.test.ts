import { describe, expect, it } from 'vitest';
import type { Described } from '../../host/host';
import type { OwnFunction, ParamType, Rule } from '../../state/policy';
import { OwnDraft } from './declare.svelte';
import { groupsOf, permissionOf, schemas, sift } from './list';
import { RuleDraft, firstRule } from './rule.svelte';

const ASK: OwnFunction = { name: 'ask', about: 'Asks a person.', params: [{ name: 'question', type: 'string', default: '"?"' }], returns: 'string' };

const described = (...names: [namespace: string, name: string][]): Described => ({
  extensions: [...new Set(names.map(([namespace]) => namespace))]
    .filter((namespace) => namespace !== 'own')
    .map((namespace) => ({ namespace, about: '', places: [], childPolicy: 'clone' })),
  functions: names.map(([namespace, name]) => ({ name, namespace, about: `About ${name}.`, signature: `${name}()`, schema: `{"name":"${name}"}`, available: true })),
  stub: '',
  prompt: '',
});

describe('the functions that there are', () => {
  const groups = groupsOf(described(['dom', 'dom_text'], ['dom', 'dom_create'], ['host', 'now'], ['own', 'ask']), [ASK, { ...ASK, name: 'twice' }]);

  it('stand by namespace, own ones first and even where the engine does not list them', () => {
    expect(groups.map(({ namespace, pattern, entries }) => [namespace, pattern, entries.map(({ signature }) => signature)])).toEqual([
      ['own', null, ['ask()', 'twice(question: str = "?") -> str']],
      ['dom', 'dom_*', ['dom_text()', 'dom_create()']],
      ['host', null, ['now()']],
    ]);
  });

  it.each([
    ['', ['ask', 'twice', 'dom_text', 'dom_create', 'now']],
    ['  DOM  ', ['dom_text', 'dom_create']],
    ['asks person', ['ask', 'twice']],
    ['about now', ['now']],
    ['nothing', []],
  ])('that %j finds are %j', (sought, names) => {
    expect(sift(groups, sought).flatMap(({ entries }) => entries.map(({ name }) => name))).toEqual(names);
  });

  it('have one list of schemas', () => {
    expect(JSON.parse(schemas(groups))).toEqual([{ name: 'ask' }, { name: 'dom_text' }, { name: 'dom_create' }, { name: 'now' }]);
  });
});

describe('what holds for a call', () => {
  const permissions = { 'dom_*': 'ask', dom_text: 'allow', dom_clear: 'deny', now: 'deny' } as const;

  it.each([
    ['dom_text', 'ask', 'dom_*'],
    ['dom_clear', 'deny', 'dom_clear'],
    ['domino', 'allow', null],
    ['now', 'deny', 'now'],
    ['nowhere', 'allow', null],
  ])('of %s is %s, by %s', (name, permission, pattern) => expect(permissionOf(permissions, name)).toEqual({ permission, pattern }));
});

describe('a declaration', () => {
  const draft = (name: string) => {
    const draft = new OwnDraft(null, (each) => each === 'now');
    draft.name = name;
    return draft;
  };

  it.each([
    ['', 'Enter a name.'],
    ['1a', 'A name does not begin with a digit.'],
    ['a b', 'A name has letters, digits and _ only.'],
    ['class', 'class is a keyword of Python.'],
    ['len', 'len is a builtin of Python.'],
    ['now', 'There is a function now already.'],
    ['dom_more', 'The name belongs to the extension dom.'],
    ['fetch', 'The name belongs to the extension fetch.'],
    ['domino', null],
    [' größe_2 ', null],
  ])('of %j: %s', (name, problem) => expect(draft(name).problems.name).toBe(problem));

  it.each<[[string, ParamType, string][], (string | null)[]]>([
    [[['a', 'any', ''], ['a', 'any', '']], [null, 'There are two parameters a.']],
    [[['if', 'any', '']], ['if is a keyword of Python.']],
    [[['a', 'integer', '1'], ['b', 'any', '']], [null, 'It needs a default, for the one before has one.']],
    [[['a', 'integer', '1.5']], ['Default: it has to be int, not float.']],
    [[['a', 'string', 'x']], ['Default: A text stands in double quotes (column 1).']],
    [[['a', 'number', '1'], ['b', 'list', '[]']], [null, null]],
  ])('with the parameters %j: %j', (params, problems) => {
    const own = draft('f');
    for (const [name, type, json] of params) {
      own.add();
      Object.assign(own.params.at(-1) ?? {}, { name, type, default: json });
    }
    expect(own.problems.params).toEqual(problems);
    expect(own.own === null).toBe(problems.some((problem) => problem !== null));
  });

  it('is what it was where nothing is changed', () => {
    expect(new OwnDraft(ASK, () => false).own).toEqual(ASK);
  });
});

describe('a rule', () => {
  const error = { excType: 'ValueError', message: 'no' };

  it.each<Rule>([
    { value: '"x"', error: null, delayMs: 20, failEvery: 0 },
    { value: null, error, delayMs: 0, failEvery: 0 },
    { value: null, error, delayMs: 0, failEvery: 3 },
    { value: '"x"', error, delayMs: 0, failEvery: 3 },
    { value: null, error: null, delayMs: 500, failEvery: 0 },
  ])('is what it was where nothing is changed: %j', (rule) => expect(new RuleDraft(['string'], rule).rule).toEqual(rule));

  it.each<[ParamType, string]>([['string', '""'], ['integer', '0'], ['map', '{}'], ['any', 'null']])('of %s gives %s at first', (type, json) => {
    expect(new RuleDraft([type], firstRule([type])).rule).toMatchObject({ value: json });
  });

  it('is none while something is wrong with it', () => {
    const draft = new RuleDraft(['string'], firstRule(['string']));
    const check = (change: () => void) => {
      change();
      return draft.rule;
    };
    expect(check(() => (draft.delay = '1.5'))).toBeNull();
    expect(check(() => (draft.delay = '9999999'))).toBeNull();
    expect(check(() => (draft.delay = ''))).toBeNull();
    expect(check(() => (draft.delay = '0'))).not.toBeNull();
    expect(check(() => draft.answer.value.set('5'))).toBeNull();
    expect(check(() => draft.choose('error'))).toEqual({ value: null, error: { excType: 'ValueError', message: '' }, delayMs: 0, failEvery: 0 });
    expect(check(() => (draft.every = '0'))).toBeNull();
    expect(check(() => (draft.every = '2'))?.failEvery).toBe(2);
  });
});
