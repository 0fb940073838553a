// Values of the record as Python would print them, shortened.

import { type Json, type Kept, asFields, asList } from './entries';

/** A shortened text never gets longer than this by more than a bracket or two. */
export const SHORT = 120;

/** A text, shortened where it is longer than `most`, with its length said. */
export function shortened(text: string, most = SHORT): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length.toLocaleString('en-US')} characters)`;
}

/** What Python prints for a value that may be out of line. */
export function sayKept(kept: Kept, most = SHORT): string {
  return 'blob' in kept ? kept.blob.preview.slice(0, most) : sayValue(kept.value, most);
}

/** The arguments of a call, as they stand between its brackets. */
export function sayArguments(args: Kept, kwargs: Kept, most = SHORT): string {
  const given: string[] = [];
  if ('blob' in args) given.push(unwrapped(args.blob.preview).slice(0, most));
  else for (const value of asList(args.value) ?? []) given.push(sayValue(value, most - sum(given)));
  if ('blob' in kwargs) given.push(`**${kwargs.blob.preview.slice(0, most)}`);
  else
    for (const [name, value] of Object.entries(asFields(kwargs.value) ?? {})) {
      given.push(`${name}=${sayValue(value, most - sum(given))}`);
    }
  return cut(given, ', ', most);
}

/** What Python prints for a value. After `most` characters the rest is left out. */
export function sayValue(value: Json, most = SHORT): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return sayText(value, most);
  const list = asList(value);
  if (list) return `[${sayItems(list, most)}]`;
  const fields = asFields(value) ?? {};
  const [tag, ...others] = Object.keys(fields);
  if (tag?.startsWith('$') && others.length === 0) return sayTagged(tag, fields[tag] ?? null, most);
  return `{${sayPairs(Object.entries(fields), most)}}`;
}

function sayTagged(tag: string, value: Json, most: number): string {
  const list = asList(value);
  const fields = asFields(value);
  switch (tag) {
    case '$tuple':
      return `(${sayItems(list ?? [], most)}${list?.length === 1 ? ',' : ''})`;
    case '$set':
      return list?.length ? `{${sayItems(list, most)}}` : 'set()';
    case '$frozenset':
      return list?.length ? `frozenset({${sayItems(list, most)}})` : 'frozenset()';
    case '$dict':
      return `{${sayPairs((list ?? []).map((pair) => [asList(pair)?.[0] ?? null, asList(pair)?.[1] ?? null]), most)}}`;
    case '$bytes':
      return `bytes('${String(value).slice(0, most)}')`;
    case '$path':
      return `Path(${sayValue(value, most)})`;
    case '$ellipsis':
      return '...';
    case '$exception':
      return `${String(fields?.type)}(${sayValue(fields?.message ?? '', most)})`;
    case '$namedtuple': {
      const names = asList(fields?.fields) ?? [];
      const values = asList(fields?.values) ?? [];
      return `${String(fields?.type)}(${cut(names.map((name, index) => `${String(name)}=${sayValue(values[index] ?? null, most)}`), ', ', most)})`;
    }
    case '$instance':
      return `<${String(fields?.type)}>`;
    case '$cut':
      return String(fields?.preview ?? '…');
    default:
      // $float, $int, $repr, $date and the like are what Python prints, or near to it.
      return typeof value === 'string' ? shortened(value, most) : JSON.stringify(value).slice(0, most);
  }
}

function sayText(text: string, most: number): string {
  const beginning = text.slice(0, Math.max(1, most));
  const quote = beginning.includes("'") && !beginning.includes('"') ? '"' : "'";
  const escaped = JSON.stringify(beginning).slice(1, -1).replaceAll('\\"', '"');
  const said = quote === "'" ? escaped.replaceAll("'", "\\'") : escaped;
  const rest = text.length - beginning.length;
  return rest > 0 ? `${quote}${said}…${quote} (${text.length.toLocaleString('en-US')} characters)` : quote + said + quote;
}

function sayItems(list: readonly Json[], most: number): string {
  const said: string[] = [];
  let left = most;
  for (const item of list) {
    if (left <= 0) return `${said.join(', ')}, … (${list.length.toLocaleString('en-US')} items)`;
    said.push(sayValue(item, left));
    left -= (said.at(-1)?.length ?? 0) + 2;
  }
  return said.join(', ');
}

function sayPairs(pairs: readonly (readonly [Json, Json])[], most: number): string {
  const said: string[] = [];
  let left = most;
  for (const [key, value] of pairs) {
    if (left <= 0) return `${said.join(', ')}, … (${pairs.length.toLocaleString('en-US')} items)`;
    said.push(`${sayValue(key, left)}: ${sayValue(value, left)}`);
    left -= (said.at(-1)?.length ?? 0) + 2;
  }
  return said.join(', ');
}

function unwrapped(list: string): string {
  return list.startsWith('[') ? list.slice(1) : list;
}

function sum(texts: readonly string[]): number {
  return texts.reduce((length, text) => length + text.length + 2, 0);
}

function cut(texts: readonly string[], between: string, most: number): string {
  const all = texts.join(between);
  return all.length <= most + 40 ? all : `${all.slice(0, most)}…`;
}
