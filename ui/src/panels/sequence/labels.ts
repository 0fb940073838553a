// What the steps of the diagram say.

import { LANE_TITLES, STATE_TITLES } from '../../state/described';
import type { Step } from '../../state/steps';
import { moment, took } from '../timeline/words';

export function labelOf({ kind, row }: Step): string {
  switch (kind) {
    case 'call':
      return `${row.name}(${row.said})`;
    case 'answer':
      return row.answer === '' ? STATE_TITLES[row.state] : row.answer;
    case 'event':
      return `${row.name} ${row.said}`.trim();
    case 'note':
      if (row.kind === 'print') return row.said;
      return [row.name, row.said, row.answer && `→ ${row.answer}`].filter((part) => part !== '').join(' ');
  }
}

/** A step, for somebody who cannot see it. */
export function spokenStep(step: Step, start: number): string {
  const { kind, from, to, row } = step;
  const label = labelOf(step);
  const at = `at ${moment(row.atMs - start)}`;
  const line = row.range ? `, line ${row.range.start.line}` : '';
  if (kind === 'note') return `${LANE_TITLES[from]}: ${row.kind === 'print' ? 'prints ' : ''}${label}, ${at}`;
  const waits = kind === 'call' && row.state === 'waiting' ? ', waiting' : '';
  if (kind !== 'answer') return `${LANE_TITLES[from]} to ${LANE_TITLES[to]}: ${label}${waits}${line}, ${at}`;
  const after = took(row);
  return `${LANE_TITLES[from]} answers ${LANE_TITLES[to]}: ${label}, to ${row.name}${line}${after && `, after ${after}`}`;
}
