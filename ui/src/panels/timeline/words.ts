// What rows say, on the screen and to a screen reader.

import { type Described, LANE_TITLES, STATE_TITLES } from '../../state/described';
import type { Row } from '../../state/rows';
import { duration } from '../../text/units';

/** A moment of a run, as long after its start. */
export function moment(ms: number): string {
  const after = Math.max(0, ms);
  if (after < 10) return `${after.toFixed(2)} ms`;
  if (after < 1000) return `${after.toFixed(1)} ms`;
  if (after < 60_000) return `${(after / 1000).toFixed(3)} s`;
  return `${Math.floor(after / 60_000)} min ${((after % 60_000) / 1000).toFixed(1)} s`;
}

/** How long something took; nothing where it took no time that could be measured. */
export function took({ durationMs }: Pick<Described, 'durationMs'>): string {
  if (durationMs === null || durationMs === 0) return '';
  return durationMs < 0.1 ? `${(durationMs * 1000).toFixed(0)} µs` : duration(durationMs);
}

/** How long something has lasted that goes on; of one length, for it is seen to change. */
export function lasts(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** A call or another thing that happened, in one line. */
export function line({ kind, name, said, answer, state }: Described): string {
  const what = kind === 'call' ? `${name}(${said})` : [name, said].filter((part) => part !== '').join(' ');
  const gives = answer === '' ? '' : ` → ${answer}`;
  const without = state === 'waiting' || state === 'unanswered' ? ` – ${STATE_TITLES[state]}` : '';
  return what + gives + without;
}

/** All that a row says, for somebody who cannot see it. */
export function spoken(row: Row, start: number): string {
  const { lane, state, range } = row;
  const gave = row.answer !== '' && state === 'answered' ? `gave ${row.answer}` : row.answer;
  const parts = [
    row.kind === 'call' ? `${row.name}(${row.said})` : `${row.name} ${row.said}`.trim(),
    gave,
    state === 'answered' ? '' : STATE_TITLES[state],
    LANE_TITLES[lane],
    range ? `line ${range.start.line}` : '',
    `at ${moment(row.atMs - start)}`,
    took(row) && `took ${took(row)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

export const BY_WORDS: Record<string, string> = {
  driver: 'You, by hand',
  person: 'You',
  engine: 'The engine',
  extension: 'Its extension',
  rule: 'A rule',
  record: 'The recording',
};
