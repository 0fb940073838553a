import type { EdgeValue, Range } from '../../host/host';
import { held, type Given, type Mode } from '../../state/policy';
import type { Workbench } from '../../state/workbench.svelte';
import { AnswerDraft } from '../value/draft.svelte';
import { annotation, describedSignature, signatureOf, type Signature } from '../value/types';

/** A call that waits for an answer by hand. `functionName` is null where nobody saw it being left open. */
export type Call = {
  callId: number;
  functionName: string | null;
  args: { name: string; value: EdgeValue; isKeyword: boolean }[];
  range: Range | null;
  awaited: boolean;
  /** Whether it was left open, so that Python holds an awaitable. */
  open: boolean;
};

type Bench = Pick<Workbench, 'session' | 'workspace' | 'catalog'>;

const UNKNOWN: Signature = { params: [], returns: ['any'] };

/** The calls that wait, what is being written for them, and how they are answered. */
export class CallDesk {
  /** What is to be answered now; more than one where all were left open. */
  readonly calls: readonly Call[] = $derived.by(() => this.#waiting());

  readonly #bench: Bench;
  /** Calls that were left open in this run. */
  #left: Record<number, Call> = {};
  #drafts: Record<number, AnswerDraft> = {};

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Forgets what belonged to a run that is over. */
  clear(): void {
    this.#left = {};
    this.#drafts = {};
  }

  /** What is being written for a call; it outlives its card, for an answer may be refused. */
  draft(call: Call): AnswerDraft {
    const { returns } = this.signature(call.functionName);
    const there = this.#drafts[call.callId];
    // What a function gives may become known only while its call waits.
    const isStale = there?.value.isBlank && annotation(there.value.types) !== annotation(returns);
    const draft = there && !isStale ? there : new AnswerDraft(returns);
    this.#drafts[call.callId] = draft;
    return draft;
  }

  signature(name: string | null): Signature {
    const own = this.#bench.workspace.policy.functions.find((each) => each.name === name);
    if (own) return signatureOf(own);
    const described = this.#bench.catalog.described?.functions.find((each) => each.name === name);
    return described ? describedSignature(described) : UNKNOWN;
  }

  /** Whether somebody has to be asked what a function takes and gives. */
  isUnknown(name: string): boolean {
    return this.signature(name) === UNKNOWN && this.#bench.catalog.described === null;
  }

  /** What a function was given last. */
  last(name: string | null): readonly Given[] {
    return name === null ? [] : (held(this.#bench.workspace.answers, name) ?? []);
  }

  async answer(call: Call, given: Given): Promise<void> {
    const { session, workspace } = this.#bench;
    if (session.phase !== 'paused') return;
    const { callId, functionName, open } = call;
    if (given.error) await (open ? session.resolveWithError(callId, given.error.excType, given.error.message) : session.raise(given.error.excType, given.error.message));
    else await (open ? session.resolve(callId, given.value) : session.answer(given.value));
    if (session.problem !== null) return;
    this.#drafts = Object.fromEntries(Object.entries(this.#drafts).filter(([each]) => Number(each) !== callId));
    if (functionName !== null) workspace.remember(functionName, given);
  }

  /** Answers, and makes a rule of it from the next run on; no rule of an answer that was refused. */
  async always(call: Call, given: Given): Promise<void> {
    const { session, workspace } = this.#bench;
    if (session.phase !== 'paused' || call.functionName === null) return;
    const before = held(workspace.policy.modes, call.functionName) ?? null;
    const rule: Mode = { by: 'rule', rule: { ...given, delayMs: 0, failEvery: 0 } };
    workspace.answerBy(call.functionName, rule);
    await this.answer(call, given);
    if (session.problem !== null) workspace.answerBy(call.functionName, before);
  }

  reject(): Promise<void> {
    return this.#bench.session.reject();
  }

  later(call: Call): Promise<void> {
    this.#left[call.callId] = { ...call, open: true };
    return this.#bench.session.later();
  }

  /** Whether it makes sense to leave a call open: only where something can await it. */
  canWait(call: Call): boolean {
    return !call.open && (call.awaited || /\bawait\b/.test(this.#code(call)));
  }

  /** Whether a call is an argument of gather, which takes nothing but awaitables. */
  isGathered(call: Call): boolean {
    return !call.awaited && !call.open && call.range !== null && isInGather(this.#code(call), call.range);
  }

  #code({ range }: Call): string {
    return this.#bench.workspace.programs.find(({ name }) => name === range?.filename)?.code ?? '';
  }

  #waiting(): Call[] {
    const { phase, pending, futures } = this.#bench.session;
    if (phase !== 'paused') return [];
    if (!pending) return futures.map((callId) => this.#left[callId] ?? unseen(callId));
    const { callId, functionName, args, kwargs, range, awaited } = pending;
    const { params } = this.signature(functionName);
    const named = args.map((value, index) => ({ name: params[index] ?? `${index + 1}`, value, isKeyword: false }));
    const others = kwargs.map((each) => ({ ...each, isKeyword: true }));
    return [{ callId, functionName, args: [...named, ...others], range, awaited, open: false }];
  }
}

function unseen(callId: number): Call {
  return { callId, functionName: null, args: [], range: null, awaited: false, open: true };
}

/** Goes back from a place to the brackets that are open there. */
export function isInGather(code: string, { start }: Range): boolean {
  const lines = code.split('\n').slice(0, start.line);
  const last = [...(lines.pop() ?? '')].slice(0, start.column - 1).join('');
  const before = [...lines, last].join('\n');
  let closed = 0;
  for (let at = before.length - 1; at >= 0; at--) {
    const sign = before.charAt(at);
    if (')]}'.includes(sign)) closed += 1;
    else if ('([{'.includes(sign) && closed > 0) closed -= 1;
    else if (sign === '(') return /\bgather\s*$/.test(before.slice(0, at));
    else if (sign === '{') return false;
  }
  return false;
}
