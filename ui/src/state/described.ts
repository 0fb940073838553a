// What a row says of an entry of the record.

import type { Range } from '../host/host';
import type { Call, Entry, What } from './entries';
import { sayArguments, sayKept, sayValue, shortened } from './said';

export const LANES = ['python', 'engine', 'window', 'person'] as const;
export type Lane = (typeof LANES)[number];
export const LANE_TITLES: Record<Lane, string> = { python: 'Python', engine: 'Engine', window: 'Window', person: 'Person' };

/** `none` is for what nobody has to answer. */
export const STATES = ['none', 'answered', 'error', 'waiting', 'denied', 'unanswered'] as const;
export type State = (typeof STATES)[number];
export const STATE_TITLES: Record<State, string> = {
  none: '',
  answered: 'answered',
  error: 'error',
  waiting: 'waiting',
  denied: 'denied',
  unanswered: 'not answered',
};

export const KINDS = ['call', 'run', 'print', 'event', 'end', 'limit', 'note'] as const;
export type Kind = (typeof KINDS)[number];

export type Described = {
  kind: Kind;
  lane: Lane;
  state: State;
  /** The function of a call, else a word for what it is. */
  name: string;
  /** The arguments, or the text that goes with the word. */
  said: string;
  /** What it gave; empty where there is nothing to give. */
  answer: string;
  durationMs: number | null;
  range: Range | null;
};

/** Functions that wait for a person whenever they wait. */
const WAITS_FOR_PERSON = new Set(['dom_on_click', 'dom_await_click_any', 'dom_await_event', 'el_recv', 'upload_file', 'alert', 'confirm', 'prompt']);
const TO_WINDOW = /^(?:dom_|el_emit$|download_file$)/;

export function describe({ what }: Entry): Described {
  const none = { lane: 'python', state: 'none', said: '', answer: '', durationMs: null, range: null } as const;
  switch (what.kind) {
    case 'call':
      return describeCall(what);
    case 'run':
      return { ...none, kind: 'run', name: what.command === 'feed' || what.command === '' ? 'run' : what.command, said: what.cell ?? '' };
    case 'print':
      return { ...none, kind: 'print', name: what.stream === 'stderr' ? 'stderr' : 'print', said: sayPrinted(what) };
    case 'arrival':
      return { ...none, ...describeArrival(what), kind: 'event' };
    case 'futures': {
      const state = what.answered ? 'answered' : 'waiting';
      const said = what.callIds.slice(0, 20).map((id) => `#${id}`).join(', ');
      return { ...none, kind: 'note', lane: 'person', name: 'all tasks wait', said: `for ${said}`, state, durationMs: what.durationMs };
    }
    case 'limit':
      return { ...none, kind: 'limit', name: 'limit', said: `${what.name} ${what.max.toLocaleString('en-US')}`, state: 'error' };
    case 'end': {
      const { error, value } = what;
      if (!error) return { ...none, kind: 'end', name: 'end', state: 'answered', answer: value ? sayKept(value) : '' };
      const isStopped = error.kind === 'cancelled';
      const answer = isStopped ? 'stopped' : shortened(`${error.excType}: ${error.message}`);
      return { ...none, kind: 'end', name: 'end', state: isStopped ? 'none' : 'error', answer };
    }
    case 'settings':
      return { ...none, kind: 'note', lane: 'window', name: 'settings', said: 'hold from here on' };
    case 'state':
      return { ...none, kind: 'note', lane: 'engine', name: 'session', said: STATE_WORDS[what.state] ?? what.state };
    case 'other':
      return { ...none, kind: 'note', name: what.word };
  }
}

const STATE_WORDS: Record<string, string> = { notRecording: 'recording was switched off', recording: 'recording was switched on' };

function describeCall(call: Call): Described {
  const { functionName, args, kwargs, range, durationMs, answer, by } = call;
  const lane = laneOf(call);
  const state = stateOf(call);
  const said = { kind: 'call', lane, state, name: functionName, said: sayArguments(args, kwargs), durationMs, range } as const;
  if (!answer) return { ...said, answer: '' };
  if (answer.with === 'value') return { ...said, answer: sayKept(answer.value) };
  if (answer.with === 'error') return { ...said, answer: shortened(`${answer.excType}: ${answer.message}`) };
  const word = { notFound: 'no such function', future: 'later', script: 'by another program', nothing: '' }[answer.word] ?? answer.word;
  return { ...said, answer: by === 'engine' && answer.word === 'nothing' ? '' : word };
}

function laneOf({ lane, functionName, by, durationMs, answer }: Call): Lane {
  if (by === 'driver' || by === 'person') return 'person';
  if (by === 'rule' || by === 'record') return 'engine';
  const waits = answer === null || (durationMs !== null && durationMs > 0) || answer.with === 'other';
  if (lane === 'host') return 'person';
  if (waits && WAITS_FOR_PERSON.has(functionName)) return 'person';
  return lane === 'extension' && TO_WINDOW.test(functionName) ? 'window' : 'engine';
}

function stateOf({ answer, by }: Call): State {
  if (!answer) return 'waiting';
  if (answer.with === 'error') {
    const isDenied = answer.excType === 'PermissionError' && (by === 'rule' || by === 'person') && answer.message.includes('not allowed');
    return isDenied ? 'denied' : 'error';
  }
  if (answer.with === 'value') return 'answered';
  if (answer.word === 'nothing') return 'unanswered';
  return answer.word === 'notFound' ? 'error' : 'answered';
}

function sayPrinted({ text }: Extract<What, { kind: 'print' }>): string {
  if ('blob' in text) return sayKept(text).slice(1);
  if (typeof text.value !== 'string') return sayValue(text.value);
  const lines = text.value.replace(/\n$/, '').split('\n');
  const first = shortened(lines[0] ?? '');
  return lines.length > 1 ? `${first} … (${lines.length.toLocaleString('en-US')} lines)` : first;
}

function describeArrival({ arrived, callId, fields }: Extract<What, { kind: 'arrival' }>): Pick<Described, 'lane' | 'name' | 'said'> {
  const call = callId === null ? '' : `call #${callId}`;
  switch (arrived) {
    case 'domEvent':
      return { lane: 'person', name: String(fields.eventType), said: `on element ${sayValue(fields.handle ?? null)}` };
    case 'dispatch':
      return { lane: 'person', name: 'dispatch', said: sayKept('value' in fields ? { value: fields.value ?? null } : { value: null }) };
    case 'answer':
      return { lane: 'person', name: 'answer', said: `to ${call}` };
    case 'timedOut':
      return { lane: 'engine', name: 'time is over', said: `for ${call}` };
    default:
      return { lane: 'engine', name: arrived, said: call };
  }
}
