import { describe, expect, it } from 'vitest';
import { readValue } from './python';

function repr(json: string): string {
  const reading = readValue(json);
  return reading.ok ? reading.repr : `wrong: ${reading.problem}`;
}

// Each line was printed by the interpreter.
describe('what Python sees', () => {
  it.each([
    ['null', 'None'],
    ['[true, false]', '[True, False]'],
    ['5', '5'],
    ['5.0', '5.0'],
    ['-0', '0'],
    ['-0.0', '-0.0'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['1E5', '100000.0'],
    ['1e15', '1000000000000000.0'],
    ['1e16', '1e+16'],
    ['1e22', '1e+22'],
    ['0.0001', '0.0001'],
    ['0.00012', '0.00012'],
    ['0.00001', '1e-05'],
    ['0.1e-6', '1e-07'],
    ['5e-324', '5e-324'],
    ['123456789.123456789', '123456789.12345679'],
  ])('of %s is %s', (json, python) => expect(repr(json)).toBe(python));

  it.each([
    ["it's", `"it's"`],
    ['q"', `'q"'`],
    [`b"'\\`, `'b"\\'\\\\'`],
    ['\n\r\t\0\x7f', `'\\n\\r\\t\\x00\\x7f'`],
    ['\u00a0\u00ad\u200b\u2028\ufeff\ue000', `'\\xa0\\xad\\u200b\\u2028\\ufeff\\ue000'`],
    ['é 😀 e\u0301', `'é 😀 e\u0301'`],
    ['\u{10fffd}', `'\\U0010fffd'`],
    ['', `''`],
  ])('of the text %j is %s', (text, python) => expect(repr(JSON.stringify(text))).toBe(python));

  it.each([
    ['{"a": 1, "b": [2], "a": 3}', "{'a': 3, 'b': [2]}"],
    ['{"__proto__": 1, "1": 2}', "{'__proto__': 1, '1': 2}"],
    ['{"$bytes": "AP8nIlxu"}', `b'\\x00\\xff\\'"\\\\n'`],
    ['{"$bytes": "Jw=="}', `b"'"`],
    ['{"$tuple": [1]}', '(1,)'],
    ['{"$tuple": []}', '()'],
    ['{"$set": []}', 'set()'],
    ['{"$set": [3, 1, 1.0, true, "1"]}', "{3, 1, '1'}"],
    ['{"$frozenset": []}', 'frozenset()'],
    ['{"$frozenset": [1]}', 'frozenset({1})'],
    ['{"$dict": [[1, 2], [{"$tuple": ["a"]}, null]]}', "{1: 2, ('a',): None}"],
    ['{"$int": "99999999999999999999"}', '99999999999999999999'],
    ['{"$float": "5"}', '5.0'],
    ['{"$float": "-inf"}', '-inf'],
    ['{"$date": "2020-01-02"}', 'datetime.date(2020, 1, 2)'],
    ['{"$datetime": "2020-01-02T03:04:00"}', 'datetime.datetime(2020, 1, 2, 3, 4)'],
    ['{"$datetime": "2020-01-02T03:04:00.25+00:00"}', 'datetime.datetime(2020, 1, 2, 3, 4, 0, 250000, tzinfo=datetime.timezone.utc)'],
    [
      '{"$datetime": "2020-01-02T03:04:05-01:30"}',
      'datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=81000)))',
    ],
    ['{"$time": "03:04:05.5"}', 'datetime.time(3, 4, 5, 500000)'],
    ['{"$timedelta": {"days": 0, "seconds": 0, "microseconds": 0}}', 'datetime.timedelta(0)'],
    ['{"$timezone": {"offsetSeconds": 0, "name": "X"}}', "datetime.timezone(datetime.timedelta(0), 'X')"],
    ['{"$path": "/a//b/"}', "PosixPath('/a/b')"],
    ['{"$decimal": "1.50"}', "Decimal('1.50')"],
    ['{"$complex": [1, -2.5]}', '(1-2.5j)'],
    ['{"$complex": [0, 1]}', '1j'],
    ['{"$namedtuple": {"type": "P", "fields": ["x"], "values": [1]}}', 'P(x=1)'],
    ['{"$exception": {"type": "ValueError", "message": "it\'s"}}', `ValueError("it's")`],
    ['{"$ellipsis": true}', 'Ellipsis'],
  ])('of %s is %s', (json, python) => expect(repr(json)).toBe(python));
});

describe('what is wrong', () => {
  it.each([
    ['', 'Enter a value.'],
    ['  \n ', 'Enter a value.'],
    ['Anna', 'A text stands in double quotes (column 1).'],
    ["['a']", 'A text stands in double quotes, not in single ones (column 2).'],
    ['[True]', 'JSON says true where Python says True (column 2).'],
    ['NaN', 'JSON has no word for it; say {"$float": "nan"} (column 1).'],
    ['01', 'This is not a number as JSON writes it (column 1).'],
    ['[1,\n 2,\n]', 'There is a comma too many (line 2, column 3).'],
    ['[1 2]', 'A comma is missing here (column 4).'],
    ['{"a" 1}', 'A colon is missing behind the key (column 6).'],
    ['{a: 1}', 'A key stands in double quotes (column 2).'],
    ['[', 'The list that begins at column 1 has no ] (column 2).'],
    ['"😀\\x"', 'JSON has no \\x; a backslash is written \\\\ (column 3).'],
    ['"a', 'The text that begins here has no closing quote (column 1).'],
    ['"\\ud800"', 'This text holds one half of a character (column 1).'],
    ['1 2', 'There is more behind the end of the value (column 3).'],
    ['1e400', 'This is too large for a float; infinity is {"$float": "inf"} (column 1).'],
    ['{"$bytes": "A"}', '$bytes wants base64 with padding (column 12).'],
    ['{"$set": [[1]]}', '$set cannot hold a list (column 11).'],
    ['{"$date": "2020-02-30"}', '$date wants a day as in "2026-01-31" (column 11).'],
    ['[1, {"$nope": 1}]', 'There is no tag $nope; a dict with such a key is {"$dict": [[key, value], …]} (column 5).'],
    ['{"$decimal": "abc"}', '$decimal wants a number as Python prints it (column 14).'],
  ])('with %j is said', (json, problem) => expect(repr(json)).toBe(`wrong: ${problem}`));

  it('is a value that nests deeper than the engine takes', () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(readValue(deep(101)).ok).toBe(true);
    expect(readValue(deep(102)).ok).toBe(false);
    expect(readValue(deep(100_000)).ok).toBe(false);
  });
});
