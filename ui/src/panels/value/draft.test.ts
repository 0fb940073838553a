import { describe, expect, it } from 'vitest';
import type { ParamType } from '../../state/policy';
import { AnswerDraft, ValueDraft, type Form } from './draft.svelte';
import { annotation, declared, describedSignature, fits } from './types';

describe('a value that is written', () => {
  it.each<[ParamType[], Form[]]>([
    [['string'], ['text', 'json']],
    [['integer'], ['integer', 'json']],
    [['any'], ['json', 'text']],
    [['list'], ['json']],
    [['string', 'none'], ['text', 'none', 'json']],
    [['bytes', 'string'], ['text', 'json']],
  ])('as %j has the forms %j', (types, forms) => expect(new ValueDraft(types).forms).toEqual(forms));

  it.each<[ParamType, string, string]>([
    ['integer', ' 12 ', '12'],
    ['integer', '-007', '-7'],
    ['integer', '+123456789012345678901234567890', '123456789012345678901234567890'],
    ['number', '5', '5'],
    ['number', '5.', '5.0'],
    ['number', '-.5', '-0.5'],
    ['number', '007.50', '7.50'],
    ['number', '1e3', '1e3'],
    ['number', 'NaN', '{"$float": "nan"}'],
    ['number', '-inf', '{"$float": "-inf"}'],
  ])('as %s from %j is %s', (type, typed, json) => {
    const draft = new ValueDraft([type]);
    draft.number = typed;
    expect(draft.reading).toMatchObject({ ok: true, json });
  });

  it.each<[ParamType, string, string]>([
    ['integer', '1.5', 'Enter a whole number.'],
    ['integer', '', 'Enter a whole number.'],
    ['number', '.', 'Enter a number.'],
    ['number', '1,5', 'Enter a number.'],
  ])('as %s from %j is refused', (type, typed, problem) => {
    const draft = new ValueDraft([type]);
    draft.number = typed;
    expect(draft.reading).toEqual({ ok: false, problem });
  });

  it('is what was typed, as a text', () => {
    const draft = new ValueDraft(['string']);
    draft.text = 'a "b"\n\\';
    expect(draft.reading).toEqual({ ok: true, json: '"a \\"b\\"\\n\\\\"', repr: `'a "b"\\n\\\\'` });
  });

  it('goes on in another form with the same value', () => {
    const draft = new ValueDraft(['string']);
    draft.text = 'Anna';
    draft.choose('json');
    expect(draft.json).toBe('"Anna"');
    draft.json = '"Bob"';
    draft.choose('text');
    expect(draft.text).toBe('Bob');
    draft.choose('json');
    draft.json = '{"a":';
    draft.choose('text');
    expect([draft.text, draft.json]).toEqual(['Bob', '{"a":']);
  });

  it.each<[ParamType[], string, Form]>([
    [['string'], '"x"', 'text'],
    [['string'], '5', 'json'],
    [['integer'], '5', 'integer'],
    [['integer'], '5.0', 'json'],
    [['string', 'none'], 'null', 'none'],
    [['boolean'], 'false', 'boolean'],
  ])('as %j takes %s as %s', (types, json, form) => {
    const draft = new ValueDraft(types, { json });
    expect([draft.form, draft.reading]).toMatchObject([form, { ok: true, json }]);
  });

  it('has to be of the type where nobody else says so', () => {
    const problem = (strict: boolean) => new AnswerDraft(['string'], { json: '5', strict }).problem;
    expect([problem(false), problem(true)]).toEqual([null, 'It has to be str, not int.']);
  });

  it('is not read at every key when it is very long', () => {
    const draft = new ValueDraft(['string']);
    draft.text = 'x'.repeat(200_000);
    expect(draft.reading).toMatchObject({ ok: true, repr: null });
  });
});

describe('an answer that is written', () => {
  it('is a value or an error, and keeps both', () => {
    const draft = new AnswerDraft(['string']);
    draft.value.text = 'Anna';
    draft.kind = 'error';
    draft.message = 'no';
    expect(draft.given).toEqual({ value: null, error: { excType: 'ValueError', message: 'no' } });
    draft.kind = 'value';
    expect(draft.given).toEqual({ value: '"Anna"', error: null });
  });

  it.each([
    ['', 'Enter the type of the error.'],
    ['Value Error', 'A type of error is a name, such as ValueError.'],
    ['json.JSONDecodeError', null],
  ])('with the error %j is %s', (excType, problem) => {
    const draft = new AnswerDraft(['any']);
    [draft.kind, draft.excType] = ['error', excType];
    expect(draft.problem).toBe(problem);
    expect(draft.given === null).toBe(problem !== null);
  });
});

describe('types', () => {
  it.each<[unknown, ParamType[]]>([
    [{ type: 'string' }, ['string']],
    [{ type: ['integer', 'null'] }, ['integer', 'none']],
    [{}, ['any']],
    [{ type: 'cake' }, ['any']],
    [{ anyOf: [{ type: 'array' }, { type: 'object', properties: { $bytes: {} } }] }, ['list', 'bytes']],
  ])('of the schema %j are %j', (returns, types) => {
    const schema = JSON.stringify({ parameters: { properties: { b: {}, a: {} } }, returns });
    expect(describedSignature({ schema })).toEqual({ params: ['b', 'a'], returns: types });
  });

  it('of a schema that is none are anything', () => {
    expect(describedSignature({ schema: '{' })).toEqual({ params: [], returns: ['any'] });
  });

  it.each<[ParamType[], string, boolean]>([
    [['integer'], 'bool', true],
    [['integer'], 'float', false],
    [['number'], 'int', true],
    [['list'], 'tuple', true],
    [['map'], 'dict', false],
    [['string', 'none'], 'NoneType', true],
    [['any'], 'set', true],
  ])('%j take %s: %s', (types, type, taken) => expect(fits(types, { type, textKeys: false })).toBe(taken));

  it('are annotated as in Python', () => expect(annotation(['number', 'none'])).toBe('float | None'));

  it('stand in a declaration, with defaults', () => {
    const params = [{ name: 'a', type: 'map', default: null }, { name: 'b', type: 'string', default: '"?"' }] as const;
    expect(declared({ name: 'f', about: '', params: [...params], returns: 'any' })).toBe('f(a: dict, b: str = "?") -> Any');
  });
});
