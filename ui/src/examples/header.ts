import { readPolicy } from '../state/stored';
import type { Policy } from '../state/policy';

/** What an example needs beside its code. A limit that is null stays as it is. */
export type Needs = Pick<Policy, 'functions' | 'modes' | 'permissions'> & { timeoutMs: number | null; memoryMb: number | null };

export type Header = { title: string; group: string; about: string; pattern: string; tags: string[]; steps: string[]; needs: Needs | null };

const MB = 1_048_576;
const LINE = /^# (title|group|about|pattern|tags|try|policy): (.+)$/;

/** Takes an example apart: what its first comments say, and the program. Throws where a part is missing. */
export function parse(source: string): Header & { code: string } {
  const said: Record<string, string[]> = {};
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !LINE.test(line));
  for (const line of lines.slice(0, end)) {
    const [, name = '', text = ''] = LINE.exec(line) ?? [];
    (said[name] ??= []).push(text.trim());
  }
  const one = (name: string): string => {
    const [text, ...more] = said[name] ?? [];
    if (text === undefined || more.length > 0) throw new Error(`an example has ${name} once`);
    return text;
  };
  if (!said.try) throw new Error('an example says what to try');
  return {
    title: one('title'),
    group: one('group'),
    about: one('about'),
    pattern: one('pattern'),
    tags: one('tags').split(', '),
    steps: said.try,
    needs: said.policy ? needsOf(JSON.parse(one('policy'))) : null,
    code: lines.slice(end).join('\n').trimStart(),
  };
}

/** From the words of `configure`, which a header is written in, to those of the workspace. */
function needsOf(policy: unknown): Needs {
  const { functions, modes, permissions, limits } = record(policy);
  const own = list(functions).map((each) => {
    const params = list(record(each).params).map((param) => ({ ...record(param), default: json(record(param), 'default') }));
    return { ...record(each), params };
  });
  const answers = Object.entries(record(modes)).map(([name, mode]) => [name, keptMode(record(mode))]);
  const read = readPolicy({ functions: own, modes: Object.fromEntries(answers), permissions });
  const { timeoutMs, memoryBytes } = record(limits);
  return {
    functions: read.functions,
    modes: read.modes,
    permissions: read.permissions,
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : null,
    memoryMb: typeof memoryBytes === 'number' ? memoryBytes / MB : null,
  };
}

function keptMode(mode: Record<string, unknown>): unknown {
  if (mode.by !== 'rule') return mode;
  const { error = null, delayMs = 0, failEvery = 0 } = mode;
  return { by: 'rule', rule: { value: json(mode, 'value'), error, delayMs, failEvery } };
}

/** A field as JSON, or null where there is none. */
function json(fields: Record<string, unknown>, name: string): string | null {
  return name in fields ? JSON.stringify(fields[name]) : null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
