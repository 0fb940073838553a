// From the words of the edge, which are generated, to those in which the interface speaks of a run.

import type { Answer, Reply } from './types';

export function fromEdge(answer: Answer): Reply {
  switch (answer.state) {
    case 'value':
      return { state: 'complete', ok: true, repr: answer.value.repr, usage: answer.usage };
    case 'failure':
      return { state: 'complete', ok: false, error: answer.error, usage: answer.usage };
    case 'cancelled':
      return { state: 'cancelled' };
    case 'refused':
      return { state: 'error', code: answer.code, message: answer.message };
    default:
      return { state: 'error', code: 'badState', message: `the run answered ${answer.state}` };
  }
}

export function refused(code: string, message: string): Answer {
  return { state: 'refused', code, message, reason: null };
}
