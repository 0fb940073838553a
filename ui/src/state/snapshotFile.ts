// A snapshot as a file: what is known of it in JSON, with the engine's signed data in base64.

import { isBase64, toBase64 } from '../text/base64';

/** A call that waits, and its line; null at rest. */
export type Doing = { call: string; line: number | null } | null;
/** `script` and `code` are the program that ran. */
export type Contents = { name: string; takenMs: number; doing: Doing; script: string; code: string };

export const EXTENSION = '.monty-snapshot';
const FORMAT = 'monty-playground snapshot';

export function toFile({ name, takenMs, doing, script, code }: Contents, data: string): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, name, takenMs, doing, script, code, data })}\n`;
}

/** Also takes the engine's data alone, as base64 or as it is. Whether it is sound the engine says when it is restored. */
export function fromFile(filename: string, file: Uint8Array): { contents: Contents; data: string } {
  if (file.length === 0) throw new Error('it is empty');
  const bare: Contents = { name: filename.replace(/\.[^.]*$/, '') || filename, takenMs: Date.now(), doing: null, script: '', code: '' };
  const text = textOf(file)?.trim();
  if (text === undefined) return { contents: bare, data: toBase64(file) };
  const fields = objectOf(text);
  if (!fields) return { contents: bare, data: dataOf(text) };
  if (!('data' in fields) || typeof fields.data !== 'string') throw new Error('it is no snapshot of Monty Playground');
  return { contents: contentsOf(fields) ?? bare, data: dataOf(fields.data) };
}

/** What an object says of a snapshot; null where it does not. */
export function contentsOf(kept: object): Contents | null {
  if (!('name' in kept && 'takenMs' in kept && 'script' in kept && 'code' in kept)) return null;
  const { name, takenMs, script, code } = kept;
  if (typeof name !== 'string' || typeof takenMs !== 'number' || typeof script !== 'string' || typeof code !== 'string') return null;
  return { name, takenMs, doing: doingOf('doing' in kept ? kept.doing : null), script, code };
}

function doingOf(kept: unknown): Doing {
  if (typeof kept !== 'object' || kept === null || !('call' in kept) || typeof kept.call !== 'string') return null;
  const line = 'line' in kept && typeof kept.line === 'number' ? kept.line : null;
  return { call: kept.call, line };
}

function textOf(file: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return undefined;
  }
}

function objectOf(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}

function dataOf(text: string): string {
  const base64 = text.replace(/\s/g, '');
  if (!isBase64(base64)) throw new Error('it is no snapshot of Monty Playground');
  return base64;
}
