// A value in JSON as Python will see it: its repr, to the letter, and its type.

import { Wrong, parse, placeOf, type Json } from './json';
import { tagged } from './tagged';

/** `key` is what makes two keys of a dict the same; null for what cannot be one. */
export type Told = { repr: string; type: string; key: string | null; textKeys?: boolean };
export type Reading = { ok: true; repr: string; type: string; textKeys: boolean } | { ok: false; problem: string; at: number };

/** What Python will see of a value, or what is wrong with its JSON and where. */
export function readValue(json: string): Reading {
  try {
    const { repr, type, textKeys = false } = tell(parse(json));
    return { ok: true, repr, type, textKeys };
  } catch (cause) {
    if (!(cause instanceof Wrong)) throw cause;
    const place = json.trim() === '' ? '' : ` (${placeOf(json, cause.at)})`;
    return { ok: false, problem: cause.message.replace(/\.$/, `${place}.`), at: cause.at };
  }
}

export function tell(json: Json): Told {
  switch (json.kind) {
    case 'null':
      return { repr: 'None', type: 'NoneType', key: 'None' };
    case 'boolean':
      return { repr: json.value ? 'True' : 'False', type: 'bool', key: json.value ? '1' : '0' };
    case 'string':
      return tellText(json.value);
    case 'number':
      return tellNumber(json.text, json.at);
    case 'array':
      return { repr: `[${json.items.map((item) => tell(item).repr).join(', ')}]`, type: 'list', key: null };
    case 'object':
      return json.entries.some(([key]) => key.startsWith('$'))
        ? tagged(json.entries, json.at, tell)
        : tellDict(json.entries.map(([key, value]) => [tellText(key), value]));
  }
}

export function tellText(text: string): Told {
  return { repr: textRepr(text), type: 'str', key: `s${text}` };
}

/** Of two same keys the last holds, at the place of the first. */
export function tellDict(pairs: [Told, Json][]): Told {
  const held = new Map(pairs.map(([key, value]) => [key.key, `${key.repr}: ${tell(value).repr}`]));
  return { repr: `{${[...held.values()].join(', ')}}`, type: 'dict', key: null, textKeys: pairs.every(([key]) => key.type === 'str') };
}

/** A number with a point or an exponent is a float, any other an int of any size. */
export function tellNumber(text: string, at: number): Told {
  if (!/[.eE]/.test(text)) {
    const repr = text === '-0' ? '0' : text;
    return { repr, type: 'int', key: repr };
  }
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Wrong('This is too large for a float; infinity is {"$float": "inf"}.', at);
  return tellFloat(value);
}

export function tellFloat(value: number): Told {
  const key = Number.isInteger(value) ? BigInt(value).toString() : String(value);
  return { repr: floatRepr(value), type: 'float', key };
}

/** Python goes to an exponent below 1e-4 and from 1e16 on; JavaScript elsewhere. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '0', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const plain = exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

const NAMED: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
/** What Python does not print as it is: all that is other or separates, but the space. */
const UNPRINTED = /[\p{C}\p{Z}\\]/gu;

export function textRepr(text: string): string {
  const quote = quoteFor(text);
  const escaped = text.replace(UNPRINTED, (sign) => (sign === ' ' ? sign : (NAMED[sign] ?? hex(sign.codePointAt(0) ?? 0))));
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}

/** Single quotes, unless only double ones save escaping. */
export function quoteFor(text: string): "'" | '"' {
  return text.includes("'") && !text.includes('"') ? '"' : "'";
}

function hex(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
