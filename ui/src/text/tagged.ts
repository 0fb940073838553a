// Values that JSON has no words for: an object with one key, which begins with $. See docs/protocol.md.

import { fromBase64 } from './base64';
import { Wrong, type Json } from './json';
import { floatRepr, quoteFor, tellDict, tellFloat, tellNumber, textRepr, type Told } from './python';

type Tell = (json: Json) => Told;

export function tagged(entries: [string, Json][], at: number, tell: Tell): Told {
  const [only] = entries;
  const tag = entries.find(([key]) => key.startsWith('$'))?.[0] ?? '';
  if (!only || entries.some(([key]) => key !== tag)) throw new Wrong(`The key ${tag} stands beside others; a dict with it is {"$dict": [[key, value], …]}.`, at);
  const read = Object.hasOwn(TAGS, tag) ? TAGS[tag] : undefined;
  if (!read) throw new Wrong(`There is no tag ${tag}; a dict with such a key is {"$dict": [[key, value], …]}.`, at);
  return read(entries.at(-1)?.[1] ?? only[1], tell, tag);
}

const TAGS: Record<string, (json: Json, tell: Tell, tag: string) => Told> = {
  $float: (json, _tell, tag) => {
    const said = text(json, tag);
    const named: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };
    if (Object.hasOwn(named, said)) return plain(floatRepr(named[said] ?? NaN), 'float');
    if (!Number.isFinite(Number(said)) || !/^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/.test(said)) throw new Wrong('$float wants a decimal number, nan, inf or -inf.', json.at);
    return tellFloat(Number(said));
  },
  $int: (json, _tell, tag) => {
    const said = text(json, tag);
    if (!/^-?[0-9]+$/.test(said)) throw new Wrong('$int wants decimal digits.', json.at);
    return tellNumber(BigInt(said).toString(), json.at);
  },
  $bytes: (json, _tell, tag) => {
    const said = text(json, tag);
    if (!isBase64(said)) throw new Wrong('$bytes wants base64 with padding.', json.at);
    const repr = bytesRepr(fromBase64(said));
    return { repr, type: 'bytes', key: repr };
  },
  $tuple: (json, tell) => {
    const items = list(json, '$tuple').map(tell);
    const repr = `(${items.map((item) => item.repr).join(', ')}${items.length === 1 ? ',' : ''})`;
    const key = items.some((item) => item.key === null) ? null : `(${items.map((item) => JSON.stringify(item.key)).join()})`;
    return { repr, type: 'tuple', key };
  },
  $set: (json, tell) => {
    const items = members(json, '$set', tell);
    return { repr: items.length === 0 ? 'set()' : `{${items.join(', ')}}`, type: 'set', key: null };
  },
  $frozenset: (json, tell) => {
    const items = members(json, '$frozenset', tell);
    const inner = items.length === 0 ? '' : `{${items.join(', ')}}`;
    return { repr: `frozenset(${inner})`, type: 'frozenset', key: `frozenset${[...items].sort().join()}` };
  },
  $dict: (json, tell) =>
    tellDict(
      list(json, '$dict').map((pair): [Told, Json] => {
        const [key, value, ...more] = list(pair, 'A pair of $dict');
        if (!key || !value || more.length > 0) throw new Wrong('$dict wants pairs: [key, value].', pair.at);
        const told = tell(key);
        if (told.key === null) throw new Wrong(`A ${told.type} cannot be a key of a dict.`, key.at);
        return [told, value];
      }),
    ),
  $date: (json, _tell, tag) => {
    const day = text(json, tag);
    if (!isDay(day)) throw new Wrong('$date wants a day as in "2026-01-31".', json.at);
    return called('datetime.date', numbers(day));
  },
  $datetime: (json, _tell, tag) => {
    const [, day, time, zone] = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d(?::\d\d)?)?$/.exec(text(json, tag)) ?? [];
    if (!day || !time || !isDay(day) || !isClock(time)) throw new Wrong('$datetime wants a moment as in "2026-01-31T12:30:00".', json.at);
    return called('datetime.datetime', [...numbers(day), ...clock(time), ...zoned(zone)]);
  },
  $time: (json, _tell, tag) => {
    const [, time, zone] = /^(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:\d\d(?::\d\d)?)?$/.exec(text(json, tag)) ?? [];
    if (!time || !isClock(time)) throw new Wrong('$time wants a time as in "12:30:00".', json.at);
    return called('datetime.time', [...clock(time), ...zoned(zone)]);
  },
  $timedelta: (json) => {
    const { days, seconds, microseconds } = fields(json, '$timedelta');
    const given = [whole(days, json), whole(seconds, json), whole(microseconds, json)] as const;
    return called('datetime.timedelta', delta(...given));
  },
  $timezone: (json, _tell, tag) => {
    const { offsetSeconds, name } = fields(json, '$timezone');
    const offset = whole(offsetSeconds, json);
    const named = name && name.kind !== 'null' ? [textRepr(text(name, tag))] : [];
    if (offset === 0 && named.length === 0) return plain('datetime.timezone.utc', 'timezone');
    return called('datetime.timezone', [`datetime.timedelta(${delta(0, offset, 0).join(', ')})`, ...named]);
  },
  $path: (json, _tell, tag) => called('PosixPath', [textRepr(path(text(json, tag)))]),
  $decimal: (json, _tell, tag) => {
    const said = text(json, tag);
    if (!/^-?(?:[0-9]+(?:\.[0-9]+)?(?:E[+-]?[0-9]+)?|Infinity|s?NaN[0-9]*)$/.test(said)) throw new Wrong('$decimal wants a number as Python prints it.', json.at);
    return called('Decimal', [textRepr(said)]);
  },
  $complex: (json, tell) => {
    const [re, im, ...more] = list(json, '$complex').map((part) => Number(tell(part).repr));
    if (re === undefined || im === undefined || more.length > 0 || Number.isNaN(re + im)) throw new Wrong('$complex wants two numbers.', json.at);
    const imaginary = `${short(im)}j`;
    if (re === 0 && !Object.is(re, -0)) return plain(imaginary, 'complex');
    return plain(`(${short(re)}${imaginary.startsWith('-') ? '' : '+'}${imaginary})`, 'complex');
  },
  $namedtuple: (json, tell, tag) => {
    const { type, fields: names, values } = fields(json, tag);
    const items = values ? list(values, tag) : [];
    const said = (names ? list(names, tag) : []).map((name, index) => {
      const value = items[index];
      return `${text(name, tag)}=${value ? tell(value).repr : '…'}`;
    });
    const name = type ? text(type, tag) : '';
    return { repr: `${name}(${said.join(', ')})`, type: name, key: null };
  },
  $instance: (json, tell, tag) => {
    const { type, attributes } = fields(json, tag);
    const said = Object.entries(attributes ? fields(attributes, tag) : {}).map(([name, value]) => `${name}=${value ? tell(value).repr : '…'}`);
    const name = type ? text(type, tag) : '';
    return { repr: `${name}(${said.join(', ')})`, type: name, key: null };
  },
  $exception: (json, _tell, tag) => {
    const { type, message } = fields(json, tag);
    const said = message && message.kind !== 'null' ? textRepr(text(message, tag)) : '';
    const name = type ? text(type, tag) : 'Exception';
    return plain(`${name}(${said})`, name);
  },
  $function: (json, _tell, tag) => plain(`<function ${textRepr(text(json, tag))} external>`, 'function'),
  $type: (json, _tell, tag) => plain(`<class ${textRepr(text(json, tag))}>`, 'type'),
  $ellipsis: () => plain('Ellipsis', 'ellipsis'),
};

function plain(repr: string, type: string): Told {
  return { repr, type, key: repr };
}

function called(name: string, args: string[]): Told {
  return plain(`${name}(${args.join(', ')})`, name.split('.').at(-1) ?? name);
}

function numbers(day: string): string[] {
  return day.split('-').map((part) => String(Number(part)));
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !text.startsWith('0000') && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function isClock(time: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d|$)/.test(time);
}

/** Seconds are left out where there are none, as Python does. */
function clock(time: string): string[] {
  const [hour = '0', minute = '0', rest = '0'] = time.split(':');
  const [second = '0', fraction = ''] = rest.split('.');
  const micros = Number(fraction.padEnd(6, '0'));
  const parts = [hour, minute, ...(Number(second) > 0 || micros > 0 ? [second] : []), ...(micros > 0 ? [String(micros)] : [])];
  return parts.map((part) => String(Number(part)));
}

function zoned(zone: string | undefined): string[] {
  if (zone === undefined) return [];
  const [hours = 0, minutes = 0, seconds = 0] = zone === 'Z' ? [] : zone.slice(1).split(':').map(Number);
  const offset = (hours * 3600 + minutes * 60 + seconds) * (zone.startsWith('-') ? -1 : 1);
  if (offset === 0) return ['tzinfo=datetime.timezone.utc'];
  return [`tzinfo=datetime.timezone(datetime.timedelta(${delta(0, offset, 0).join(', ')}))`];
}

/** As Python keeps it: only days are ever negative. */
function delta(days: number, seconds: number, micros: number): string[] {
  const fine = seconds + Math.floor(micros / 1e6);
  const [d, s, us] = [days + Math.floor(fine / 86_400), ((fine % 86_400) + 86_400) % 86_400, ((micros % 1e6) + 1e6) % 1e6];
  const said = [d === 0 ? '' : `days=${d}`, s === 0 ? '' : `seconds=${s}`, us === 0 ? '' : `microseconds=${us}`].filter((part) => part !== '');
  return said.length > 0 ? said : ['0'];
}

/** A part of a complex number has no .0 */
function short(value: number): string {
  return floatRepr(value).replace(/\.0$/, '');
}

function members(json: Json, tag: string, tell: Tell): string[] {
  const held = new Map<string, string>();
  for (const item of list(json, tag)) {
    const { repr, type, key } = tell(item);
    if (key === null) throw new Wrong(`${tag} cannot hold a ${type}.`, item.at);
    if (!held.has(key)) held.set(key, repr);
  }
  return [...held.values()];
}

function bytesRepr(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const quote = quoteFor(text);
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [quote]: `\\${quote}` };
  const said = Array.from(text, (sign) => named[sign] ?? (/[ -~]/.test(sign) ? sign : `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`));
  return `b${quote}${said.join('')}${quote}`;
}

/** As pathlib keeps it: without what means nothing. */
function path(text: string): string {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  return (text.startsWith('/') ? '/' : '') + parts.join('/');
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function text(json: Json, tag: string): string {
  if (json.kind === 'string') return json.value;
  throw new Wrong(`${tag} wants a text here.`, json.at);
}

function list(json: Json, tag: string): Json[] {
  if (json.kind === 'array') return json.items;
  throw new Wrong(`${tag} wants a list.`, json.at);
}

function fields(json: Json, tag: string): Record<string, Json | undefined> {
  if (json.kind === 'object') return Object.fromEntries(json.entries);
  throw new Wrong(`${tag} wants an object.`, json.at);
}

function whole(json: Json | undefined, around: Json): number {
  if (json === undefined) return 0;
  if (json.kind === 'number' && /^-?[0-9]{1,15}$/.test(json.text)) return Number(json.text);
  throw new Wrong('A whole number is wanted here.', around.at);
}
