import type { RunSession } from './session.svelte';

const CALL = '[data-testid=call]';
const ASK = '[role=alertdialog]';
/** The first of these that there is. */
const FIELDS = ['[data-first]', 'textarea', 'input:not([hidden])', '[contenteditable=true]', 'button'];

/** Whether the program waits for a person's answer. */
export function isWaiting({ phase, asks }: Pick<RunSession, 'phase' | 'asks'>): boolean {
  return phase === 'paused' || (phase === 'running' && asks.list.length > 0);
}

/** Puts the focus where what waits is answered. */
export function focusAnswer(): void {
  const card = document.querySelector<HTMLElement>(CALL) ?? document.querySelector<HTMLElement>(ASK);
  const found = FIELDS.map((each) => card?.querySelector<HTMLElement>(each)).find((field) => field);
  const field = found ?? card;
  field?.focus();
  field?.scrollIntoView({ block: 'nearest' });
}
