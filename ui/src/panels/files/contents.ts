// What is in a file, as it is shown: text with its length, or bytes in hexadecimal.

import { fromBase64 } from '../../text/base64';
import { bytes as sized, count } from '../../text/units';

const LONGEST_TEXT = 20_000;
/** A text that can be edited; a longer one is shown shortened. */
const LONGEST_WHOLE = 200_000;
const MOST_HEX = 2048;
const A_LINE = 8;

export type Shown =
  | { kind: 'text'; text: string; about: string; isWhole: boolean }
  | { kind: 'bytes'; text: string; about: string };

export function shownOf(base64: string): Shown {
  const bytes = fromBase64(base64);
  const text = textOf(bytes);
  if (text === null) return { kind: 'bytes', text: hexOf(bytes), about: aboutBytes(bytes.length) };
  const isWhole = text.length <= LONGEST_WHOLE;
  const length = `${count(text.length, 'character')}, ${count(linesOf(text), 'line')}`;
  if (isWhole) return { kind: 'text', text, about: length, isWhole };
  return { kind: 'text', text: text.slice(0, LONGEST_TEXT), about: `${length}; the first ${count(LONGEST_TEXT, 'character')} are shown`, isWhole };
}

/** UTF-8 without signs that no text has. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    // eslint-disable-next-line no-control-regex -- they tell bytes from text
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** The first bytes, eight a line: offset, hexadecimal, signs. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, MOST_HEX); at += A_LINE) {
    const line = [...bytes.subarray(at, Math.min(at + A_LINE, MOST_HEX))];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const signs = line.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')} ${hex.padEnd(A_LINE * 3 - 1)} ${signs}`);
  }
  return lines.join('\n');
}

function aboutBytes(length: number): string {
  const all = `${sized(length)}, not text`;
  return length > MOST_HEX ? `${all}; the first ${sized(MOST_HEX)} are shown` : all;
}

function linesOf(text: string): number {
  const breaks = text.split('\n').length;
  return text === '' || text.endsWith('\n') ? breaks - 1 : breaks;
}
