// A workspace as it is kept. What was kept by hand or by another version may be anything: each part stands for itself.

import {
  NO_POLICY,
  PARAM_TYPES,
  PERMISSIONS,
  isJson,
  type Given,
  type Mode,
  type OwnFunction,
  type Param,
  type ParamType,
  type Permission,
  type Policy,
  type Raised,
} from './policy';

export type StoredProgram = { name: string; code: string };
/** `answers` are what calls were given last, by function, the newest first. */
export type Stored = { programs: StoredProgram[]; active: number; policy: Policy; answers: Readonly<Record<string, readonly Given[]>> };

export function write(stored: Omit<Stored, 'answers'> & Partial<Stored>): string {
  return JSON.stringify({ version: 1, ...stored });
}

/** Null where nothing of it can be used. */
export function read(json: string): Stored | null {
  let kept: unknown;
  try {
    kept = JSON.parse(json);
  } catch {
    return null;
  }
  const fields = record(kept);
  const programs = items(fields.programs, program);
  if (programs.length === 0) return null;
  const active = typeof fields.active === 'number' && programs[fields.active] ? fields.active : 0;
  const answers = table(fields.answers, (kept) => items(kept, given));
  return { programs, active, policy: readPolicy(fields.policy), answers };
}

export function readPolicy(kept: unknown): Policy {
  const fields = record(kept);
  return {
    ...NO_POLICY,
    functions: items(fields.functions, ownFunction),
    modes: table(fields.modes, mode),
    permissions: table(fields.permissions, permission),
    rateLimits: table(fields.rateLimits, calls),
    environ: table(fields.environ, text),
    fetch: items(fields.fetch, text),
  };
}

function program(kept: unknown): StoredProgram | null {
  const { name, code } = record(kept);
  return typeof name === 'string' && typeof code === 'string' ? { name, code } : null;
}

function ownFunction(kept: unknown): OwnFunction | null {
  const { name, about, params, returns } = record(kept);
  if (typeof name !== 'string') return null;
  return { name, about: text(about) ?? '', params: items(params, param), returns: paramType(returns) ?? 'any' };
}

function param(kept: unknown): Param | null {
  const { name, type, default: initial } = record(kept);
  if (typeof name !== 'string') return null;
  return { name, type: paramType(type) ?? 'any', default: json(initial) };
}

function paramType(kept: unknown): ParamType | null {
  return PARAM_TYPES.find((type) => type === kept) ?? null;
}

function permission(kept: unknown): Permission | null {
  return PERMISSIONS.find((permission) => permission === kept) ?? null;
}

function calls(kept: unknown): number | null {
  return kept === 0 ? 0 : whole(kept) || null;
}

function mode(kept: unknown): Mode | null {
  const { by, rule, answers } = record(kept);
  if (by === 'hand') return { by };
  if (by === 'recording') return { by, answers: items(answers, json) };
  if (by !== 'rule') return null;
  const { value, error, delayMs, failEvery } = record(rule);
  return { by, rule: { value: json(value), error: raised(error), delayMs: whole(delayMs), failEvery: whole(failEvery) } };
}

function given(kept: unknown): Given | null {
  const fields = record(kept);
  const [value, error] = [json(fields.value), raised(fields.error)];
  if (error) return { value: null, error };
  return value === null ? null : { value, error: null };
}

function raised(kept: unknown): Raised | null {
  const { excType, message } = record(kept);
  return typeof excType === 'string' && typeof message === 'string' ? { excType, message } : null;
}

function json(kept: unknown): string | null {
  return typeof kept === 'string' && isJson(kept) ? kept : null;
}

function text(kept: unknown): string | null {
  return typeof kept === 'string' ? kept : null;
}

function whole(kept: unknown): number {
  return typeof kept === 'number' && Number.isSafeInteger(kept) && kept > 0 ? kept : 0;
}

function record(kept: unknown): Record<string, unknown> {
  return typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? { ...kept } : {};
}

function items<T>(kept: unknown, one: (item: unknown) => T | null): T[] {
  return Array.isArray(kept) ? kept.map(one).filter((item) => item !== null) : [];
}

function table<T>(kept: unknown, one: (item: unknown) => T | null): Record<string, T> {
  const sound: Record<string, T> = {};
  for (const [name, item] of Object.entries(record(kept))) {
    const read = one(item);
    if (read !== null && name !== '__proto__') sound[name] = read;
  }
  return sound;
}
