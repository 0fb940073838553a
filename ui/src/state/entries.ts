// Pages of a session's record as they come: JSON that is checked here, once, by hand.

import type { Range } from '../host/host';

/** A large value, which is out of line. */
export type Blob = { id: string; bytes: number; preview: string };
/** A value in the tagged JSON of docs/protocol.md. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = { readonly [key: string]: Json };
export type Kept = { blob: Blob } | { value: Json };

export type Given =
  | { with: 'value'; value: Kept }
  | { with: 'error'; excType: string; message: string }
  /** `notFound`, `future`, `script`, `nothing`, or a word of a later version. */
  | { with: 'other'; word: string };

export type Call = {
  kind: 'call';
  lane: string;
  functionName: string;
  args: Kept;
  kwargs: Kept;
  callId: number;
  range: Range | null;
  by: string | null;
  answer: Given | null;
  durationMs: number | null;
};

export type What =
  | Call
  | { kind: 'run'; command: string; code: Kept; cell: string | null }
  | { kind: 'futures'; callIds: number[]; answered: boolean; durationMs: number | null }
  | { kind: 'print'; stream: string; text: Kept }
  | { kind: 'arrival'; arrived: string; callId: number | null; fields: Fields }
  | { kind: 'settings' }
  | { kind: 'state'; state: string }
  | { kind: 'limit'; name: string; max: number }
  | { kind: 'end'; ok: boolean; value: Kept | null; error: { kind: string; excType: string; message: string } | null }
  | { kind: 'other'; word: string };

/** One thing that happened. `raw` is all that was said of it. */
export type Entry = { seq: number; atMs: number; what: What; raw: Fields };
export type Page = { entries: Entry[]; first: number; next: number; end: number; recording: boolean };

/** Reads a page; throws where it is none. A kind that is not known is kept as such. */
export function readPage(json: string): Page {
  const page = asFields(parsed(json));
  const entries = page && asList(page.entries);
  const [first, next, end] = [asNumber(page?.first), asNumber(page?.next), asNumber(page?.end)];
  if (!page || !entries || first === null || next === null || end === null) throw new Error('this is no page of a record');
  return { entries: entries.flatMap(readEntry), first, next, end, recording: page.recording !== false };
}

function readEntry(entry: Json): Entry[] {
  const raw = asFields(entry);
  const [seq, atMs] = [asNumber(raw?.seq), asNumber(raw?.atMs)];
  return raw && seq !== null && atMs !== null ? [{ seq, atMs, what: readWhat(raw), raw }] : [];
}

function readWhat(raw: Fields): What {
  const kind = text(raw.kind);
  switch (kind) {
    case 'call':
      return readCall(raw);
    case 'run':
      return { kind, command: text(raw.command), code: kept(raw.code), cell: asText(raw.cell) ?? asText(raw.scriptName) };
    case 'futures': {
      const answers = asList(raw.answers) ?? [];
      const callIds = (asList(raw.callIds) ?? []).filter((id) => typeof id === 'number');
      return { kind, callIds, answered: answers.length > 0, durationMs: asNumber(raw.durationMs) };
    }
    case 'print':
      return { kind, stream: text(raw.stream), text: kept(raw.text) };
    case 'arrival':
      return { kind, arrived: text(raw.arrived), callId: asNumber(raw.callId), fields: raw };
    case 'settings':
      return { kind };
    case 'state':
      return { kind, state: text(raw.state) };
    case 'limit':
      return { kind, name: text(raw.name), max: asNumber(raw.max) ?? 0 };
    case 'end':
      return { kind, ok: raw.ok === true, value: raw.value === undefined ? null : kept(raw.value), error: readError(raw.error) };
    default:
      return { kind: 'other', word: kind };
  }
}

function readCall(raw: Fields): Call {
  const answer = asFields(raw.answer);
  return {
    kind: 'call',
    lane: text(raw.lane),
    functionName: text(raw.functionName),
    args: kept(raw.args),
    kwargs: kept(raw.kwargs),
    callId: asNumber(raw.callId) ?? 0,
    range: readRange(raw.range),
    by: answer && text(answer.by),
    answer: answer && readGiven(answer),
    durationMs: asNumber(raw.durationMs),
  };
}

function readGiven(answer: Fields): Given {
  const word = text(answer.with);
  if (word === 'value') return { with: word, value: kept(answer.value) };
  if (word === 'error') return { with: word, excType: text(answer.excType), message: text(answer.message) };
  return { with: 'other', word };
}

function readError(error: Json | undefined): { kind: string; excType: string; message: string } | null {
  const fields = asFields(error);
  return fields && { kind: text(fields.kind), excType: text(fields.excType), message: text(fields.message) };
}

function readRange(range: Json | undefined): Range | null {
  const fields = asFields(range);
  const [start, end] = [readPosition(fields?.start), readPosition(fields?.end)];
  return fields && start && end ? { filename: text(fields.filename), start, end } : null;
}

function readPosition(position: Json | undefined): Range['start'] | null {
  const fields = asFields(position);
  const [line, column] = [asNumber(fields?.line), asNumber(fields?.column)];
  return line !== null && column !== null ? { line, column } : null;
}

function kept(value: Json | undefined): Kept {
  const blob = asFields(asFields(value)?.$blob);
  if (blob) return { blob: { id: text(blob.id), bytes: asNumber(blob.bytes) ?? 0, preview: text(blob.preview) } };
  return { value: value ?? null };
}

/** Floats that JavaScript would take for whole numbers; strings are matched so that nothing in them is. */
const WHOLE_FLOATS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.0+(?![\d.eE])|(?:\.\d+)?[eE][-+]?\d+)/g;
/** What the engine says of most calls, and where nobody minds. */
const NO_TIME = '"durationMs":0.0';

/** Parses JSON; whole floats become `{"$float": …}`, as values that are asked for alone have them. */
export function parsed(json: string): Json {
  const plain = json.replaceAll(NO_TIME, '"durationMs":0');
  const tagged = /\d(?:\.0|[eE][-+]?\d)/.test(plain)
    ? plain.replace(WHOLE_FLOATS, (found) => (found.startsWith('"') ? found : `{"$float":"${found}"}`))
    : plain;
  return JSON.parse(tagged);
}

export function asFields(value: Json | undefined): Fields | null {
  return typeof value === 'object' && value !== null && !isList(value) ? value : null;
}

export function asList(value: Json | undefined): readonly Json[] | null {
  return value !== undefined && isList(value) ? value : null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A number of the record itself, such as a time: whole ones come tagged. */
function asNumber(value: Json | undefined): number | null {
  if (typeof value === 'number') return value;
  const float = asFields(value)?.$float;
  return typeof float === 'string' ? Number(float) : null;
}

function asText(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function text(value: Json | undefined): string {
  return asText(value) ?? '';
}
