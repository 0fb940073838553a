// The hostile programs of abuse.json, as a driver of an interface runs them.

import { readFileSync } from 'node:fs';

/** A program that runs into time gets little of it, so that the suite ends; every other one plenty. */
const LITTLE_MS = 300;
const PLENTY_MS = 20_000;

const entries = JSON.parse(readFileSync(new URL('./abuse.json', import.meta.url), 'utf8'));

/** The programs that a suite (`window` or `browser`) can run, each with the end it has to come to there. */
export const hostilePrograms = (suite) => entries.filter(({ skip }) => !skip?.[suite]).map((entry) => program(entry, suite));

function program({ name, code, end, functions, limits, ...elsewhere }, suite) {
  const expected = elsewhere[suite] ?? end;
  const endless = expected.says?.includes('{timeoutMs}') ?? false;
  const timeoutMs = endless ? LITTLE_MS : PLENTY_MS;
  const text = typeof code === 'string' ? code : code.map(written).join('');
  const source = (code, timeoutMs) => ({ code, limits: { timeoutMs, ...limits }, ...(functions && { externalFunctions: functions }) });
  return {
    name,
    source: source(text, timeoutMs),
    /** The program with a print before it and time enough to be stopped; nothing, if it ends by itself. */
    toStop: endless ? source(`print('on')\n${text}`, PLENTY_MS) : null,
    end: { kind: expected.kind ?? 'value', says: (expected.says ?? '').replace('{timeoutMs}', timeoutMs) },
  };
}

function written(part) {
  return typeof part === 'string' ? part : part[0].repeat(part[1]);
}

/** What is wrong with an ending, `{ kind, says }`; nothing, if it is the one that the program has to come to. */
export function complaint({ end }, ending) {
  if (ending.kind === end.kind && ending.says.includes(end.says)) return null;
  return `ended as ${ending.kind} (${ending.says.slice(-300)}), not as ${end.kind} (${end.says})`;
}
