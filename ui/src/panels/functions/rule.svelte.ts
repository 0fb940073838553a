import type { ParamType, Rule } from '../../state/policy';
import { AnswerDraft } from '../value/draft.svelte';

/** What a rule gives: a value, an error, or what the function gives as ever. */
export type Gives = 'value' | 'error' | 'ever';

const LONGEST_DELAY_MS = 3_600_000;
const DEFAULTS: Record<ParamType, string> = {
  any: 'null',
  string: '""',
  integer: '0',
  number: '0.0',
  boolean: 'true',
  bytes: '{"$bytes": ""}',
  list: '[]',
  map: '{}',
  none: 'null',
};

/** What a new rule gives. */
export function firstRule([type = 'any']: readonly ParamType[]): Rule {
  return { value: DEFAULTS[type], error: null, delayMs: 0, failEvery: 0 };
}

/** A rule while somebody writes it. */
export class RuleDraft {
  readonly answer: AnswerDraft;
  gives: Gives = $state('value');
  delay = $state('0');
  /** Each n-th call fails; 1 is every one. */
  every = $state('1');
  /** Whether calls that do not fail have the value, and not what the function gives as ever. */
  othersHaveValue = $state(false);

  constructor(types: readonly ParamType[], rule: Rule) {
    this.answer = new AnswerDraft(types, { json: rule.value ?? firstRule(types).value, strict: true });
    if (rule.error) [this.answer.excType, this.answer.message] = [rule.error.excType, rule.error.message];
    this.gives = rule.error ? 'error' : rule.value === null ? 'ever' : 'value';
    this.answer.kind = this.gives === 'error' ? 'error' : 'value';
    this.delay = String(rule.delayMs);
    this.every = String(Math.max(1, rule.failEvery));
    this.othersHaveValue = rule.error !== null && rule.failEvery > 1 && rule.value !== null;
  }

  choose(gives: Gives): void {
    this.gives = gives;
    this.answer.kind = gives === 'error' ? 'error' : 'value';
  }

  get delayProblem(): string | null {
    const delay = whole(this.delay);
    if (delay === null) return 'Enter whole milliseconds.';
    return delay > LONGEST_DELAY_MS ? 'At most an hour: 3600000.' : null;
  }

  get everyProblem(): string | null {
    return whole(this.every) ? null : 'Enter a whole number from 1 on.';
  }

  /** Whether only some calls fail. */
  get failsSometimes(): boolean {
    return this.gives === 'error' && (whole(this.every) ?? 0) > 1;
  }

  /** The rule as it stands; null while something is wrong with it. */
  get rule(): Rule | null {
    const { answer, gives, failsSometimes } = this;
    const [delayMs, every] = [whole(this.delay), whole(this.every)];
    if (delayMs === null || this.delayProblem !== null) return null;
    if (gives === 'ever') return { value: null, error: null, delayMs, failEvery: 0 };
    const { given } = answer;
    if (!given) return null;
    if (!given.error) return { ...given, delayMs, failEvery: 0 };
    if (!every) return null;
    const { reading } = answer.value;
    if (!failsSometimes || !this.othersHaveValue) return { value: null, error: given.error, delayMs, failEvery: failsSometimes ? every : 0 };
    return reading.ok ? { value: reading.json, error: given.error, delayMs, failEvery: every } : null;
  }
}

function whole(text: string): number | null {
  return /^[0-9]{1,9}$/.test(text.trim()) ? Number(text) : null;
}
