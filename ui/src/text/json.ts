// JSON read by hand: a number stays as it was written, and what is wrong is told in words for a person, with its place.

export type Json = { at: number } & (
  | { kind: 'null' }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'number'; text: string }
  | { kind: 'string'; value: string }
  | { kind: 'array'; items: Json[] }
  | { kind: 'object'; entries: [string, Json][] }
);

/** Something is wrong with a text; `at` counts its characters from 0. */
export class Wrong extends Error {
  readonly at: number;

  constructor(problem: string, at: number) {
    super(problem);
    this.at = at;
  }
}

/** How deep the engine lets values nest. */
const DEEPEST = 101;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /[\p{L}\p{N}_$.+-]+/uy;
const SPACE = /[ \t\r\n]*/y;
const PLAIN = /[ !#-[\]-\u{10ffff}]*/uy;
const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const PYTHON_WORDS: Record<string, string> = { True: 'true', False: 'false', None: 'null' };

/** Reads one value; throws `Wrong`. */
export function parse(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value(1);
  reader.end();
  return value;
}

/** The first problem of a text, and where it is; null if there is none. */
export function problemOf(text: string): { at: number; message: string } | null {
  try {
    parse(text);
    return null;
  } catch (cause) {
    if (cause instanceof Wrong) return { at: cause.at, message: cause.message };
    throw cause;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    this.#space();
    const at = this.#at;
    if (depth > DEEPEST) throw new Wrong('This nests deeper than 100 levels.', at);
    const next = this.#text[at];
    if (next === undefined) throw new Wrong(at === 0 || this.#text.trim() === '' ? 'Enter a value.' : 'A value is missing at the end.', at);
    if (next === '{') return { kind: 'object', entries: this.#entries(depth), at };
    if (next === '[') return { kind: 'array', items: this.#items(depth), at };
    if (next === '"') return { kind: 'string', value: this.#string(), at };
    const number = this.#match(NUMBER);
    if (number !== '' && !/[\p{L}\p{N}_.]/u.test(this.#text[this.#at] ?? ' ')) return { kind: 'number', text: number, at };
    this.#at = at;
    return { ...this.#word(at), at };
  }

  end(): void {
    this.#space();
    if (this.#at < this.#text.length) throw new Wrong('There is more behind the end of the value.', this.#at);
  }

  #word(at: number): { kind: 'null' } | { kind: 'boolean'; value: boolean } {
    const word = this.#match(WORD);
    if (word === 'null') return { kind: 'null' };
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' };
    const meant = Object.hasOwn(PYTHON_WORDS, word) ? PYTHON_WORDS[word] : undefined;
    if (meant) throw new Wrong(`JSON says ${meant} where Python says ${word}.`, at);
    if (/^[-+]?(?:nan|inf(?:inity)?)$/i.test(word)) throw new Wrong(`JSON has no word for it; say {"$float": "${word.toLowerCase().slice(0, word.startsWith('-') ? 4 : 3)}"}.`, at);
    if (/^[-+.]?[0-9]/.test(word)) throw new Wrong('This is not a number as JSON writes it.', at);
    if (word !== '') throw new Wrong('A text stands in double quotes.', at);
    const sign = String.fromCodePoint(this.#text.codePointAt(at) ?? 32);
    if (sign === "'") throw new Wrong('A text stands in double quotes, not in single ones.', at);
    throw new Wrong(sign === ',' || sign === ']' || sign === '}' ? 'A value is missing here.' : `A value does not begin with ${sign}.`, at);
  }

  #entries(depth: number): [string, Json][] {
    const entries: [string, Json][] = [];
    this.#list('}', 'object', () => {
      if (this.#text[this.#at] !== '"') throw new Wrong('A key stands in double quotes.', this.#at);
      const key = this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') throw new Wrong('A colon is missing behind the key.', this.#at);
      this.#at += 1;
      entries.push([key, this.value(depth + 1)]);
    });
    return entries;
  }

  #items(depth: number): Json[] {
    const items: Json[] = [];
    this.#list(']', 'list', () => void items.push(this.value(depth + 1)));
    return items;
  }

  /** Reads from an opening bracket to the closing one, item by item. */
  #list(close: string, what: string, item: () => void): void {
    const open = this.#at;
    this.#at += 1;
    this.#space();
    for (let first = true; this.#text[this.#at] !== close; first = false) {
      if (this.#at >= this.#text.length) throw new Wrong(`The ${what} that begins at ${placeOf(this.#text, open)} has no ${close}.`, this.#at);
      if (!first) {
        if (this.#text[this.#at] !== ',') throw new Wrong('A comma is missing here.', this.#at);
        const comma = this.#at;
        this.#at += 1;
        this.#space();
        if (this.#text[this.#at] === close) throw new Wrong('There is a comma too many.', comma);
        if (this.#at >= this.#text.length) continue;
      }
      item();
      this.#space();
    }
    this.#at += 1;
  }

  #string(): string {
    const open = this.#at;
    let value = '';
    this.#at += 1;
    for (;;) {
      value += this.#match(PLAIN);
      const at = this.#at;
      const next = this.#text[at];
      if (next === undefined) throw new Wrong('The text that begins here has no closing quote.', open);
      if (next === '"') break;
      if (next !== '\\') throw new Wrong(next === '\n' ? 'A line break in a text is written \\n.' : 'A control sign in a text is written \\u00….', at);
      value += this.#escape(at);
    }
    this.#at += 1;
    if (/\p{Surrogate}/u.test(value)) throw new Wrong('This text holds one half of a character.', open);
    return value;
  }

  #escape(at: number): string {
    const sign = this.#text[at + 1] ?? '';
    this.#at += 2;
    if (sign === 'u') {
      const hex = this.#text.slice(at + 2, at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw new Wrong('\\u wants four hexadecimal digits.', at);
      this.#at += 4;
      return String.fromCharCode(parseInt(hex, 16));
    }
    const meant = Object.hasOwn(ESCAPES, sign) ? ESCAPES[sign] : undefined;
    if (meant === undefined) throw new Wrong(`JSON has no \\${sign}; a backslash is written \\\\.`, at);
    return meant;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #space(): void {
    this.#match(SPACE);
  }
}

/** Where a character of a text is, as people count. */
export function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  const column = [...(lines.at(-1) ?? '')].length + 1;
  return text.includes('\n') ? `line ${lines.length}, column ${column}` : `column ${column}`;
}
