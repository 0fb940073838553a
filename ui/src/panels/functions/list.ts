// The functions that there are, as a person looks through them.

import type { Described } from '../../host/host';
import { PERMISSIONS, type OwnFunction, type Permission } from '../../state/policy';
import { declared } from '../value/types';

export type Entry = {
  name: string;
  about: string;
  signature: string;
  /** JSON Schema, as text; empty where the engine was not asked yet. */
  schema: string;
  available: boolean;
  own: OwnFunction | null;
};
/** `pattern` is what permissions call all of them. */
export type Group = { namespace: string; about: string; pattern: string | null; entries: Entry[] };

export const OWN = 'own';

/** Calls of the system, which have permissions and nothing else. */
export const SYSTEM: readonly { pattern: string; about: string }[] = [
  { pattern: 'open', about: 'open(): files in memory, and folders that are mounted' },
  { pattern: 'Path.', about: 'pathlib: the same files by Path' },
  { pattern: 'os.', about: 'os: environment variables, listing and removing files' },
];

/** Own functions come first, from the policy: what the engine refuses is to be seen as well. */
export function groupsOf(described: Described | null, own: readonly OwnFunction[]): Group[] {
  const functions = described?.functions ?? [];
  const told = functions.filter(({ namespace }) => namespace === OWN);
  const mine = own.map((each): Entry => {
    const { name, about } = each;
    const { signature = declared(each), schema = '' } = told.find((other) => other.name === name) ?? {};
    return { name, about, signature, schema, available: true, own: each };
  });
  const groups = (described?.extensions ?? []).map(({ namespace, about }): Group => {
    const entries = functions.filter((each) => each.namespace === namespace).map((each): Entry => ({ ...each, own: null }));
    const hasPrefix = entries.length > 0 && entries.every(({ name }) => name.startsWith(`${namespace}_`));
    return { namespace, about, pattern: hasPrefix ? `${namespace}_*` : null, entries };
  });
  return [{ namespace: OWN, about: '', pattern: null, entries: mine }, ...groups];
}

/** Only what a text is found in; all words have to be. */
export function sift(groups: readonly Group[], sought: string): Group[] {
  const words = sought.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [...groups];
  const fits = ({ name, about }: Entry) => words.every((word) => name.toLowerCase().includes(word) || about.toLowerCase().includes(word));
  return groups.map((group) => ({ ...group, entries: group.entries.filter(fits) })).filter(({ entries }) => entries.length > 0);
}

/** What holds for a function: the strictest of all that fits. */
export function permissionOf(permissions: Readonly<Record<string, Permission>>, name: string): { permission: Permission; pattern: string | null } {
  let strictest: { permission: Permission; pattern: string | null } = { permission: 'allow', pattern: null };
  for (const [pattern, permission] of Object.entries(permissions)) {
    const fits = pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)));
    if (fits && PERMISSIONS.indexOf(permission) > PERMISSIONS.indexOf(strictest.permission)) strictest = { permission, pattern };
  }
  return strictest;
}

/** All schemas as one list, as language models take them. */
export function schemas(groups: readonly Group[]): string {
  const said = groups.flatMap(({ entries }) => entries.map(({ schema }) => schema)).filter((schema) => schema !== '');
  return `[\n${said.join(',\n')}\n]`;
}

export function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
