import { expect, it } from 'vitest';
import { callAt, endAt, pageOf, printAt, runAt } from '../testing/records';
import { describe as row } from './described';
import { parsed, readPage } from './entries';
import { SHORT, sayArguments, sayValue } from './said';

it('reads a page and what there is after it', () => {
  const page = readPage(pageOf([runAt(3, 1.5), printAt(4, 2, 'one\n'), endAt(5, 2.5)], 3, 2));
  expect(page.entries.map(({ seq, atMs, what }) => [seq, atMs, what.kind])).toEqual([
    [3, 1.5, 'run'],
    [4, 2, 'print'],
  ]);
  expect(page).toMatchObject({ first: 3, next: 5, end: 6, recording: true });
});

it('takes whole numbers of times as they are written: with a point', () => {
  const json = '{"entries":[{"seq":0,"atMs":5.0,"kind":"call","functionName":"f","durationMs":2.0}],"first":0,"next":1,"end":1}';
  expect(readPage(json).entries[0]).toMatchObject({ atMs: 5, what: { durationMs: 2 } });
});

it.each(['[]', '{"entries":3}', '"x"', '{"entries":[],"first":0,"next":"1","end":1}'])('refuses what is no page: %s', (json) => {
  expect(() => readPage(json)).toThrow();
});

it('keeps a kind that it does not know, and leaves out what is no entry', () => {
  const json = '{"entries":[{"seq":0,"atMs":1,"kind":"dream","of":"sheep"},7,{"kind":"run"}],"first":0,"next":1,"end":1}';
  const { entries } = readPage(json);
  expect(entries).toHaveLength(1);
  expect(entries[0]?.what).toEqual({ kind: 'other', word: 'dream' });
  expect(entries[0]?.raw.of).toBe('sheep');
});

it.each([
  ['1', '1'],
  ['5.0', '5.0'],
  ['-0.5', '-0.5'],
  ['1e22', '1e22'],
  ['1.5e-7', '1.5e-7'],
  ['"5.0, 1e3"', "'5.0, 1e3'"],
  ['"a\\"5.0\\""', '\'a"5.0"\''],
  ['null', 'None'],
  ['[true,false]', '[True, False]'],
  ['{"a":5.0,"b":[1]}', "{'a': 5.0, 'b': [1]}"],
  ['{"$tuple":[1]}', '(1,)'],
  ['{"$tuple":[1,2.0]}', '(1, 2.0)'],
  ['{"$set":[]}', 'set()'],
  ['{"$int":"12345678901234567890"}', '12345678901234567890'],
  ['{"$float":"nan"}', 'nan'],
  ['{"$dict":[[1,"x"]]}', "{1: 'x'}"],
  ['{"$repr":"<file>"}', '<file>'],
  ['"it\'s"', '"it\'s"'],
  ['"a\\nb"', "'a\\nb'"],
])('says %s as Python does: %s', (json, python) => {
  expect(sayValue(parsed(json))).toBe(python);
});

it('shortens what is long and says how long it is', () => {
  const text = sayValue('x'.repeat(9000));
  expect(text.length).toBeLessThan(SHORT + 40);
  expect(text).toContain('9,000 characters');
  const list = sayValue(Array.from({ length: 5000 }, (_, index) => index));
  expect(list.length).toBeLessThan(SHORT + 60);
  expect(list).toContain('5,000 items');
});

it('says arguments by place and by name', () => {
  expect(sayArguments({ value: [1, 'a'] }, { value: { key: null } })).toBe("1, 'a', key=None");
  expect(sayArguments({ blob: { id: 'x', bytes: 9000, preview: "['xx…" } }, { value: {} })).toBe("'xx…");
});

const host = { lane: 'host', answer: undefined, durationMs: undefined };
const value = { with: 'value', value: 1 };
it.each([
  ['what Monty answers itself', callAt(1, 0, 'storage_get'), 'engine', 'answered'],
  ['what draws', callAt(1, 0, 'dom_text'), 'window', 'answered'],
  ['a click that was waited for', callAt(1, 0, 'dom_on_click', { durationMs: 12 }), 'person', 'answered'],
  ['a click that is waited for', callAt(1, 0, 'dom_on_click', { answer: undefined, durationMs: undefined }), 'person', 'waiting'],
  ['a call of a function of one’s own', callAt(1, 0, 'ask', host), 'person', 'waiting'],
  ['one that a person has answered', callAt(1, 0, 'ask', { ...host, answer: { by: 'driver', ...value } }), 'person', 'answered'],
  ['one that a rule has answered', callAt(1, 0, 'ask', { ...host, answer: { by: 'rule', ...value } }), 'engine', 'answered'],
  ['one that raised', callAt(1, 0, 'ask', { ...host, answer: { by: 'driver', with: 'error', excType: 'ValueError', message: 'no' } }), 'person', 'error'],
  ['one that was not allowed', callAt(1, 0, 'dom_remove', { answer: { by: 'rule', with: 'error', excType: 'PermissionError', message: 'dom_remove() is not allowed' } }), 'engine', 'denied'],
  ['one that the end of the run has met', callAt(1, 0, 'el_recv', { answer: { by: 'engine', with: 'nothing' }, durationMs: undefined }), 'person', 'unanswered'],
  ['the clock', callAt(1, 0, 'time.time', { lane: 'clock', answer: { by: 'engine', ...value } }), 'engine', 'answered'],
] as const)('puts %s into its lane', (_, raw, lane, state) => {
  const [entry] = readPage(pageOf([raw])).entries;
  expect(entry && row(entry)).toMatchObject({ kind: 'call', lane, state });
});
