// What a function takes and gives, from its declaration or from its JSON Schema.

import type { DescribedFunction } from '../../host/host';
import type { OwnFunction, ParamType } from '../../state/policy';

export type Signature = { params: string[]; returns: readonly ParamType[] };

export function signatureOf(own: OwnFunction): Signature {
  return { params: own.params.map(({ name }) => name), returns: [own.returns] };
}

export function describedSignature({ schema }: Pick<DescribedFunction, 'schema'>): Signature {
  const { parameters, returns } = fields(parsed(schema));
  return { params: Object.keys(fields(fields(parameters).properties)), returns: typesOf(returns) };
}

const TYPES: Record<string, ParamType> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'map',
  null: 'none',
};

function typesOf(schema: unknown): ParamType[] {
  const { type, anyOf, properties } = fields(schema);
  if (Array.isArray(anyOf)) return [...new Set(anyOf.flatMap(typesOf))];
  if ('$bytes' in fields(properties)) return ['bytes'];
  const named = (Array.isArray(type) ? type : [type]).map((name: unknown) => (typeof name === 'string' ? TYPES[name] : undefined));
  const known = named.filter((type) => type !== undefined);
  return known.length > 0 && known.length === named.length ? known : ['any'];
}

const PYTHON: Record<ParamType, string> = {
  any: 'Any',
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  bytes: 'bytes',
  list: 'list',
  map: 'dict',
  none: 'None',
};

/** As Python annotates it. */
export function annotation(types: readonly ParamType[]): string {
  return types.map((type) => PYTHON[type]).join(' | ');
}

/** A declaration as the engine tells it of a function. */
export function declared({ name, params, returns }: OwnFunction): string {
  const said = params.map((param) => `${param.name}: ${annotation([param.type])}${param.default === null ? '' : ` = ${param.default}`}`);
  return `${name}(${said.join(', ')}) -> ${annotation([returns])}`;
}

const ACCEPTED: Record<ParamType, readonly string[]> = {
  any: [],
  string: ['str'],
  integer: ['int', 'bool'],
  number: ['int', 'float', 'bool'],
  boolean: ['bool'],
  bytes: ['bytes'],
  list: ['list', 'tuple'],
  map: ['dict'],
  none: ['NoneType'],
};

/** Whether the engine takes a value, by the name of its Python type. */
export function fits(types: readonly ParamType[], { type, textKeys }: { type: string; textKeys: boolean }): boolean {
  return types.some((each) => each === 'any' || (ACCEPTED[each].includes(type) && (each !== 'map' || textKeys)));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
