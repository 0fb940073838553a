import type { Needs } from '../../examples/header';
import type { Mode, Permission } from '../../state/policy';
import type { Workspace } from '../../state/workspace.svelte';

/** In sentences: what was added, and what a person had decided otherwise. */
export type Provided = { added: string[]; left: string[] };

/** Adds to a workspace what an example needs. What a person has decided stays. */
export function provide(workspace: Workspace, { functions, modes, permissions }: Needs): Provided {
  const added: string[] = [];
  const left: string[] = [];
  for (const own of functions) {
    const there = workspace.policy.functions.find(({ name }) => name === own.name);
    if (!there) workspace.declare(own);
    else if (!isSame(there, own)) left.push(`You have a function \`${own.name}\` of your own; it was left as it is.`);
    const isAnswered = own.name in modes || own.name in workspace.policy.modes;
    if (!there && !isAnswered) added.push(`Function \`${own.name}\`, answered by hand`);
  }
  for (const [name, mode] of Object.entries(modes)) {
    const there = workspace.policy.modes[name];
    if (!there) {
      workspace.answerBy(name, mode);
      added.push(`Function \`${name}\`, answered ${modeWords(mode)}`);
    } else if (!isSame(there, mode)) left.push(`You let \`${name}\` be answered ${modeWords(there)}; that was left as it is.`);
  }
  for (const [pattern, permission] of Object.entries(permissions)) {
    const there = workspace.policy.permissions[pattern];
    if (!there) {
      workspace.permit(pattern, permission);
      added.push(`Permission: \`${pattern}\` ${WORDS[permission]}`);
    } else if (there !== permission) left.push(`You decided that \`${pattern}\` ${WORDS[there]}; that was left as it is.`);
  }
  return { added, left };
}

const WORDS: Record<Permission, string> = { allow: 'is allowed', ask: 'asks before each call', deny: 'is denied' };

/** Who answers, as a part of a sentence. */
function modeWords(mode: Mode): string {
  if (mode.by === 'hand') return 'by hand';
  if (mode.by === 'recording') return 'from a recording';
  const { value, error, delayMs, failEvery } = mode.rule;
  const fails = error && failEvery > 0;
  return [
    'by a rule',
    error && !fails ? `: ${error.excType}` : value === null || value === 'null' ? '' : `: ${shortened(value)}`,
    delayMs > 0 ? `, after ${delayMs} ms` : '',
    fails ? `, ${error.excType} at every ${ordinal(failEvery)} call` : '',
  ].join('');
}

function shortened(json: string): string {
  return json.length <= 40 ? `\`${json}\`` : `a value of ${json.length} characters`;
}

function ordinal(n: number): string {
  const word = ['', '', 'second', 'third'][n];
  return word ?? `${n}th`;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
