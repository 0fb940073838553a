import type { OwnFunction, ParamType } from '../../state/policy';
import { EXTENSIONS } from '../../state/workbench.svelte';
import { readValue } from '../../text/python';
import { annotation, fits } from '../value/types';
import { BUILTINS, KEYWORDS } from './names';

export type ParamDraft = { key: number; name: string; type: ParamType; default: string };
export type Problems = { name: string | null; params: (string | null)[] };

/** A function of one's own while somebody declares it. */
export class OwnDraft {
  name = $state('');
  about = $state('');
  params: ParamDraft[] = $state([]);
  returns: ParamType = $state('any');

  readonly #isTaken: (name: string) => boolean;
  #next = 0;

  /** `isTaken`: whether another function has the name. */
  constructor(own: OwnFunction | null, isTaken: (name: string) => boolean) {
    this.#isTaken = isTaken;
    if (!own) return;
    [this.name, this.about, this.returns] = [own.name, own.about, own.returns];
    this.params = own.params.map(({ name, type, default: json }) => ({ key: this.#next++, name, type, default: json ?? '' }));
  }

  add(): void {
    this.params.push({ key: this.#next++, name: '', type: 'any', default: '' });
  }

  remove(key: number): void {
    this.params = this.params.filter((param) => param.key !== key);
  }

  get problems(): Problems {
    return { name: this.#nameProblem(), params: this.params.map((param, index) => this.#paramProblem(param, index)) };
  }

  /** The function as it stands; null while something is wrong with it. */
  get own(): OwnFunction | null {
    const { name, params } = this.problems;
    if ([name, ...params].some((problem) => problem !== null)) return null;
    return {
      name: this.name.trim(),
      about: this.about.trim(),
      params: this.params.map((param) => ({ name: param.name.trim(), type: param.type, default: param.default.trim() || null })),
      returns: this.returns,
    };
  }

  #nameProblem(): string | null {
    const name = this.name.trim();
    const problem = nameProblem(name);
    if (problem) return problem;
    if (BUILTINS.has(name)) return `${name} is a builtin of Python.`;
    if (this.#isTaken(name)) return `There is a function ${name} already.`;
    const extension = EXTENSIONS.desktop.find((namespace) => name === namespace || name.startsWith(`${namespace}_`));
    return extension ? `The name belongs to the extension ${extension}.` : null;
  }

  #paramProblem(param: ParamDraft, index: number): string | null {
    const name = param.name.trim();
    const before = this.params.slice(0, index);
    const problem = nameProblem(name);
    if (problem) return problem;
    if (before.some((other) => other.name.trim() === name)) return `There are two parameters ${name}.`;
    if (param.default.trim() === '') return before.some((other) => other.default.trim() !== '') ? 'It needs a default, for the one before has one.' : null;
    const read = readValue(param.default);
    if (!read.ok) return `Default: ${read.problem}`;
    return fits([param.type], read) ? null : `Default: it has to be ${annotation([param.type])}, not ${read.type}.`;
  }
}

function nameProblem(name: string): string | null {
  if (name === '') return 'Enter a name.';
  if (KEYWORDS.has(name)) return `${name} is a keyword of Python.`;
  if (/^[0-9]/.test(name)) return 'A name does not begin with a digit.';
  return /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name) ? null : 'A name has letters, digits and _ only.';
}
