// What a person has decided of functions: which are their own, who answers, who may call.

export const PARAM_TYPES = ['any', 'string', 'integer', 'number', 'boolean', 'bytes', 'list', 'map', 'none'] as const;
export type ParamType = (typeof PARAM_TYPES)[number];

/** `default` is JSON; without one the parameter is required. */
export type Param = { name: string; type: ParamType; default: string | null };
export type OwnFunction = { name: string; about: string; params: Param[]; returns: ParamType };

export type Raised = { excType: string; message: string };
/** What a call was given: a value in JSON, so that 1.0 stays what it is, or an error. */
export type Given = { value: string; error: null } | { value: null; error: Raised };
/**
 * A fixed answer. With `failEvery` only each n-th call has the error, the others the value. Where there is
 * neither, the function answers as ever, after the delay.
 */
export type Rule = { value: string | null; error: Raised | null; delayMs: number; failEvery: number };
export type Mode = { by: 'hand' } | { by: 'rule'; rule: Rule } | { by: 'recording'; answers: string[] };

export const PERMISSIONS = ['allow', 'ask', 'deny'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export type Policy = {
  functions: OwnFunction[];
  /** By name of a function; what is not there is answered by its extension, or by hand if it is one's own. */
  modes: Record<string, Mode>;
  /** By name, `dom_*`, or the beginning of a call of the system. */
  permissions: Record<string, Permission>;
  /** How often a function may be called in a run, by the same patterns; each function is counted for itself. */
  rateLimits: Record<string, number>;
  environ: Record<string, string>;
  /** Hosts that programs may fetch from. */
  fetch: string[];
};

export const NO_POLICY: Policy = { functions: [], modes: {}, permissions: {}, rateLimits: {}, environ: {}, fetch: [] };

/** The policy in the words of a session's settings, as JSON. Values of a person go through as they were written. */
export function settingsOf({ functions, modes, permissions, rateLimits, environ, fetch }: Policy): string {
  return object({
    functions: list(functions.map(sayFunction)),
    modes: object(Object.fromEntries(Object.entries(modes).map(([name, mode]) => [name, sayMode(mode)]))),
    permissions: JSON.stringify(permissions),
    rateLimits: JSON.stringify(rateLimits),
    environ: JSON.stringify(environ),
    fetch: JSON.stringify(fetch),
  });
}

function sayFunction({ name, about, params, returns }: OwnFunction): string {
  return object({
    name: JSON.stringify(name),
    about: JSON.stringify(about),
    params: list(params.map((param) => object({ name: JSON.stringify(param.name), type: JSON.stringify(param.type), default: param.default }))),
    returns: JSON.stringify(returns),
  });
}

function sayMode(mode: Mode): string {
  if (mode.by === 'hand') return '{"by":"hand"}';
  if (mode.by === 'recording') return object({ by: '"recording"', answers: list(mode.answers) });
  const { value, error, delayMs, failEvery } = mode.rule;
  return object({
    by: '"rule"',
    value: error && failEvery === 0 ? null : value,
    error: error && JSON.stringify(error),
    delayMs: delayMs > 0 ? String(delayMs) : null,
    failEvery: error && failEvery > 0 ? String(failEvery) : null,
  });
}

/** An object of fields that are JSON already; null leaves one out. */
function object(fields: Record<string, string | null>): string {
  const said = Object.entries(fields).filter(([, json]) => json !== null);
  return `{${said.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}

function list(items: string[]): string {
  return `[${items.join()}]`;
}

/** Whether a text is one value in JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a table holds under a key. Programs may call a function `toString`, which every object has. */
export function held<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
