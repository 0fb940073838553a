import type { Text } from '@codemirror/state';
import type { Frame, Range } from '../../host/host';

export type Place = Pick<Frame, 'line' | 'column' | 'endLine' | 'endColumn'>;

/** Where the character with this number (from 1) begins, in UTF-16 units from 0. */
export function utf16Offset(line: string, column: number): number {
  let offset = 0;
  for (let character = 1; character < column && offset < line.length; character++) {
    offset += (line.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/** A range, which a frame says in other words. */
export function placeOf({ start, end }: Pick<Range, 'start' | 'end'>): Place {
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** The stretch that a frame is about. */
export function rangeOfFrame({ filename, line, column, endLine, endColumn }: Frame): Range {
  return { filename, start: { line, column }, end: { line: endLine, column: endColumn } };
}

/** The place in the document; a place that no longer exists goes to the nearest one. */
export function rangeOf(doc: Text, place: Place): { from: number; to: number } {
  const from = offsetOf(doc, place.line, place.column);
  const to = offsetOf(doc, place.endLine, place.endColumn);
  return { from, to: Math.max(from, to) };
}

function offsetOf(doc: Text, line: number, column: number): number {
  if (line > doc.lines) return doc.length;
  const found = doc.line(Math.max(1, line));
  return found.from + utf16Offset(found.text, column);
}
