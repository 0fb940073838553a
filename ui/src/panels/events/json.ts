/** What is wrong with a text in JSON, and where; the messages of browsers do not all say. */
export type JsonProblem = { at: number; message: string };

class Wrong extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const SPACE = /[ \t\n\r]*/y;
// eslint-disable-next-line no-control-regex -- JSON allows none of them in a string
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null']);
const PYTHON: Record<string, string> = { True: 'true', False: 'false', None: 'null' };
const MAX_DEPTH = 100;

/** The first problem of a text; null if there is none. */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    const end = skip(text, value(text, skip(text, 0), 0));
    if (end < text.length) throw new Wrong(end, 'Nothing can follow the value');
    return null;
  } catch (cause) {
    if (cause instanceof Wrong) return { at: cause.at, message: cause.message };
    throw cause;
  }
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function skip(text: string, at: number): number {
  return at + (match(SPACE, text, at)?.length ?? 0);
}

/** Each of these gives where what it reads ends. */
function value(text: string, at: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new Wrong(at, 'Too deep');
  switch (text[at]) {
    case undefined:
      throw new Wrong(at, 'A value is missing');
    case '{':
      return items(text, at, '}', (inside) => pair(text, inside, depth));
    case '[':
      return items(text, at, ']', (inside) => value(text, inside, depth + 1));
    case '"':
      return string(text, at);
    case "'":
      throw new Wrong(at, 'Strings are written in double quotes');
  }
  const number = match(NUMBER, text, at);
  if (number) return at + number.length;
  const word = match(WORD, text, at);
  if (word && WORDS.has(word)) return at + word.length;
  if (word && PYTHON[word]) throw new Wrong(at, `In JSON this is written ${PYTHON[word]}`);
  throw new Wrong(at, 'Here a value is expected');
}

function pair(text: string, at: number, depth: number): number {
  if (text[at] !== '"') throw new Wrong(at, 'Here a key in double quotes is expected');
  const colon = skip(text, string(text, at));
  if (text[colon] !== ':') throw new Wrong(colon, 'Here a colon is expected');
  return value(text, skip(text, colon + 1), depth + 1);
}

function items(text: string, open: number, close: string, item: (at: number) => number): number {
  let at = skip(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skip(text, item(at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw new Wrong(at, `Here a comma or ${close} is expected`);
    at = skip(text, at + 1);
    if (text[at] === close) throw new Wrong(at, 'After a comma something has to follow');
  }
}

function string(text: string, open: number): number {
  let at = open + 1;
  for (;;) {
    at += match(PLAIN, text, at)?.length ?? 0;
    if (text[at] === '"') return at + 1;
    if (text[at] !== '\\') throw new Wrong(at, at < text.length ? 'A line break is written \\n' : 'The string has no end');
    const escape = match(ESCAPE, text, at);
    if (!escape) throw new Wrong(at, 'There is no such escape');
    at += escape.length;
  }
}
