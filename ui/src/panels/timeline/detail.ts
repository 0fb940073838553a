// What the detail of an entry says beyond its row.

import { type Entry, type Kept, asFields, asList } from '../../state/entries';
import { BY_WORDS } from './words';

/** Short facts: a term and what there is to say. */
export function fieldsOf({ seq, what, raw }: Entry): [string, string][] {
  const entry: [string, string] = ['Entry', `#${seq}`];
  if (what.kind === 'call') {
    const by = what.by === null ? '' : (BY_WORDS[what.by] ?? what.by);
    const isOut = what.answer?.with === 'other' && what.answer.word === 'nothing';
    return [['Answered by', isOut ? 'Nobody: the run ended' : by], ['Call', `#${what.callId}`], entry];
  }
  if (what.kind === 'end') return [['Used', usage(asFields(raw.usage))], entry];
  return [entry];
}

function usage(fields: ReturnType<typeof asFields>): string {
  const [calls, prints] = [fields?.hostCalls, fields?.prints];
  return typeof calls === 'number' && typeof prints === 'number' ? `${calls} calls, ${prints} prints` : '';
}

/** The values of an entry, each under its title. */
export function allOf({ what, raw }: Entry): { title: string; kept: Kept }[] {
  switch (what.kind) {
    case 'call': {
      const parts: { title: string; kept: Kept }[] = [];
      if (!isEmpty(what.args)) parts.push({ title: 'Arguments', kept: what.args });
      if (!isEmpty(what.kwargs)) parts.push({ title: 'Named arguments', kept: what.kwargs });
      const { answer } = what;
      if (answer?.with === 'value') parts.push({ title: 'Answer', kept: answer.value });
      if (answer?.with === 'error') parts.push({ title: answer.excType, kept: { value: answer.message } });
      return parts;
    }
    case 'run':
      return [{ title: 'Program', kept: what.code }];
    case 'print':
      return [{ title: 'Text', kept: what.text }];
    case 'end':
      if (what.error) return [{ title: what.error.excType, kept: { value: what.error.message } }];
      return what.value ? [{ title: 'Value', kept: what.value }] : [];
    case 'settings':
      return [{ title: 'Settings', kept: { value: raw.settings ?? null } }];
    case 'arrival':
      return [{ title: 'What arrived', kept: { value: rest(raw) } }];
    default:
      return [];
  }
}

/** What an arrival says of its own. */
function rest(raw: Entry['raw']): Entry['raw'] {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !['seq', 'atMs', 'kind', 'after'].includes(name)));
}

function isEmpty(kept: Kept): boolean {
  if ('blob' in kept) return false;
  return asList(kept.value)?.length === 0 || Object.keys(asFields(kept.value) ?? { some: 1 }).length === 0;
}
