import type { Given, ParamType } from '../../state/policy';
import { parse } from '../../text/json';
import { readValue } from '../../text/python';
import { annotation, fits } from './types';

/** In what form somebody writes a value. */
export type Form = 'text' | 'integer' | 'number' | 'boolean' | 'none' | 'json';
/** `repr` is null for what is too long to be read at every key. */
export type ValueReading = { ok: true; json: string; repr: string | null } | { ok: false; problem: string };

const LONGEST_READ = 100_000;
const FORMS: Record<ParamType, readonly Form[]> = {
  any: ['json', 'text'],
  string: ['text'],
  integer: ['integer'],
  number: ['number'],
  boolean: ['boolean'],
  none: ['none'],
  bytes: [],
  list: [],
  map: [],
};
const STARTS: Partial<Record<ParamType, string>> = { list: '[]', map: '{}', bytes: '{"$bytes": ""}' };

/** A value while somebody writes it, in the form that suits its type or as JSON. */
export class ValueDraft {
  readonly types: readonly ParamType[];
  readonly forms: readonly Form[];
  form: Form = $state('json');
  text = $state('');
  number = $state('');
  yes = $state(true);
  json = $state('');
  /** Whether a value has to be of the type; where the engine says so, it need not be said here. */
  readonly #strict: boolean;
  /** What was read last: a draft outlives the components that a derived would belong to. */
  #last: { json: string; reading: ValueReading } | null = null;

  constructor(types: readonly ParamType[], { json = null, strict = false }: { json?: string | null; strict?: boolean } = {}) {
    this.types = types;
    this.#strict = strict;
    const forms = types.flatMap((type) => FORMS[type]).filter((form, index, all) => all.indexOf(form) === index);
    this.forms = forms.includes('json') ? forms : [...forms, 'json'];
    this.form = this.forms[0] ?? 'json';
    this.json = types.map((type) => STARTS[type]).find((start) => start !== undefined) ?? '';
    if (json !== null) this.set(json);
  }

  get reading(): ValueReading {
    const json = this.#json();
    if (json === null) return { ok: false, problem: this.form === 'integer' ? 'Enter a whole number.' : 'Enter a number.' };
    if (this.#last?.json !== json) this.#last = { json, reading: this.#read(json) };
    return this.#last.reading;
  }

  /** Whether nothing was written so far, and nothing has to be said of it. */
  get isBlank(): boolean {
    if (this.form === 'json') return this.json.trim() === '';
    return (this.form === 'integer' || this.form === 'number') && this.number.trim() === '';
  }

  /** Goes on in another form, with the same value where it can be said in it. */
  choose(form: Form): void {
    const { reading } = this;
    this.form = form;
    if (!reading.ok) return;
    if (form === 'json') this.json = reading.json;
    else this.#fill(form, reading.json);
  }

  /** Takes a value that there is, in the first form that can say it. */
  set(json: string): void {
    this.form = this.forms.find((form) => form === 'json' || this.#fill(form, json)) ?? 'json';
    if (this.form === 'json') this.json = json;
  }

  #read(json: string): ValueReading {
    if (json.length > LONGEST_READ) return { ok: true, json, repr: null };
    const read = readValue(json);
    if (!read.ok) return { ok: false, problem: read.problem };
    if (this.#strict && !fits(this.types, read)) return { ok: false, problem: `It has to be ${annotation(this.types)}, not ${read.type}.` };
    return { ok: true, json, repr: read.repr };
  }

  #json(): string | null {
    switch (this.form) {
      case 'text':
        return JSON.stringify(this.text.replace(/\p{Surrogate}/gu, '\ufffd'));
      case 'integer':
        return integer(this.number);
      case 'number':
        return integer(this.number) ?? float(this.number);
      case 'boolean':
        return String(this.yes);
      case 'none':
        return 'null';
      case 'json':
        return this.json;
    }
  }

  /** Whether a form can say a value, which it then does. */
  #fill(form: Form, json: string): boolean {
    if (!readValue(json).ok) return false;
    const value = parse(json);
    if (form === 'text' && value.kind === 'string') this.text = value.value;
    else if (form === 'integer' && value.kind === 'number' && integer(value.text) !== null) this.number = value.text;
    else if (form === 'number' && value.kind === 'number') this.number = value.text;
    else if (form === 'boolean' && value.kind === 'boolean') this.yes = value.value;
    else return form === 'none' && value.kind === 'null';
    return true;
  }
}

/** An answer while somebody writes it: a value or an error. */
export class AnswerDraft {
  kind: 'value' | 'error' = $state('value');
  readonly value: ValueDraft;
  excType = $state('ValueError');
  message = $state('');

  constructor(types: readonly ParamType[], options: { json?: string | null; strict?: boolean } = {}) {
    this.value = new ValueDraft(types, options);
  }

  get problem(): string | null {
    const { reading } = this.value;
    if (this.kind === 'value') return reading.ok ? null : reading.problem;
    const name = this.excType.trim();
    if (name === '') return 'Enter the type of the error.';
    return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) ? null : 'A type of error is a name, such as ValueError.';
  }

  /** The answer as it stands; null while something is wrong with it. */
  get given(): Given | null {
    if (this.problem !== null) return null;
    const { reading } = this.value;
    if (this.kind === 'error') return { value: null, error: { excType: this.excType.trim(), message: this.message } };
    return reading.ok ? { value: reading.json, error: null } : null;
  }

  set({ value, error }: Given): void {
    this.kind = error ? 'error' : 'value';
    if (error) [this.excType, this.message] = [error.excType, error.message];
    else this.value.set(value);
  }
}

function integer(text: string): string | null {
  const plain = text.trim().replace(/^\+/, '').replace('−', '-');
  return /^-?[0-9]+$/.test(plain) ? plain.replace(/^(-?)0+(?=[0-9])/, '$1') : null;
}

function float(text: string): string | null {
  const named = /^([-+]?)(nan|inf)$/i.exec(text.trim());
  if (named) return `{"$float": "${named[1] === '-' && named[2]?.toLowerCase() === 'inf' ? '-' : ''}${named[2]?.toLowerCase()}"}`;
  const [, sign, whole = '', point, fraction = '', power = ''] = /^([-+]?)([0-9]*)(\.?)([0-9]*)([eE][-+]?[0-9]+)?$/.exec(text.trim()) ?? [];
  if (sign === undefined || whole + fraction === '') return null;
  const digits = whole.replace(/^0+(?=[0-9])/, '') || '0';
  return `${sign === '-' ? '-' : ''}${digits}${point ? `.${fraction || '0'}` : ''}${power}`;
}
