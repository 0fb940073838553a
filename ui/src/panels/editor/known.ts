import type { Described } from '../../host/host';
import type { OwnFunction } from '../../state/policy';
import { declared } from '../value/types';

/** A function that a program can call, as the editor speaks of it. */
export type Known = { name: string; namespace: string; signature: string; about: string };

const OWN = 'own';

/** The functions of the extensions and a person's own. What the catalog tells of the latter may be out of date. */
export function knownFunctions(described: Described | null, own: readonly OwnFunction[]): Known[] {
  const given = (described?.functions ?? []).filter(({ namespace, available }) => namespace !== OWN && available);
  const mine = own.map((each) => ({ name: each.name, namespace: OWN, signature: declared(each), about: each.about }));
  return [...mine, ...given.map(({ name, namespace, signature, about }) => ({ name, namespace, signature, about }))];
}

/** Whose a function is, in a word. */
export function owner({ namespace }: Known): string {
  return namespace === OWN ? 'yours' : namespace;
}

/** A function by the name of a call: `dom_create`, or `dom.create` where the module is imported. */
export function functionCalled(name: string, functions: readonly Known[], modules: ReadonlyMap<string, string>): Known | null {
  const [left = '', right] = name.split('.');
  const direct = right === undefined ? left : null;
  if (direct !== null) return functions.find((each) => each.name === direct) ?? null;
  const namespace = modules.get(left);
  return functions.find((each) => each.namespace === namespace && shortName(each) === right) ?? null;
}

/** What a function is called in its module. */
export function shortName({ name, namespace }: Known): string {
  return name.startsWith(`${namespace}_`) ? name.slice(namespace.length + 1) : name;
}

/** A signature in its parts: what stands before the parameters, each of them, and what stands after. */
export function partsOf(signature: string): { before: string; params: string[]; after: string } {
  const open = signature.indexOf('(');
  if (open < 0) return { before: signature, params: [], after: '' };
  const params: string[] = [];
  let depth = 0;
  let from = open + 1;
  let quote = '';
  for (let at = from; at < signature.length; at++) {
    const sign = signature[at] ?? '';
    if (quote !== '') {
      if (sign === '\\') at += 1;
      else if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if ('([{'.includes(sign)) depth += 1;
    else if (depth > 0 && ')]}'.includes(sign)) depth -= 1;
    else if (depth === 0 && (sign === ',' || sign === ')')) {
      const param = signature.slice(from, at).trim();
      if (param !== '') params.push(param);
      from = at + 1;
      if (sign === ')') return { before: signature.slice(0, open + 1), params, after: signature.slice(at) };
    }
  }
  return { before: signature.slice(0, open + 1), params, after: '' };
}
