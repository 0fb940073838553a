// F6 goes round the panes: from each to the first thing in the next that can take the focus.

const FIRST: Record<string, string> = { stage: 'iframe[data-shown=true]', editor: '.cm-content', tabs: '[role=tab][tabindex="0"]' };
const FOCUSABLE = 'button:not(:disabled), input:not(:disabled):not([hidden]), select, textarea, [contenteditable=true], [tabindex="0"]';
/** What was focused in a pane last. */
const last = new WeakMap<HTMLElement, HTMLElement>();

const hasRoom = (element: HTMLElement) => element.offsetWidth > 0 && element.offsetHeight > 0;
/** A pane may have no room of its own, only that of its parts. */
const isSeen = (element: HTMLElement) => hasRoom(element) || [...element.querySelectorAll<HTMLElement>(':scope > *')].some(hasRoom);

/** The panes that are seen, in the order of the page. */
function panes(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => isSeen(pane) && target(pane) !== null);
}

function target(pane: HTMLElement): HTMLElement | null {
  const before = last.get(pane);
  if (before && pane.contains(before) && isSeen(before)) return before;
  const first = FIRST[pane.dataset.pane ?? ''];
  const found = [...pane.querySelectorAll<HTMLElement>(first ?? FOCUSABLE)].find((each) => isSeen(each) && each.tabIndex >= 0);
  if (found) return found;
  // One with nothing to focus but its text, such as an empty panel.
  pane.tabIndex = -1;
  return pane;
}

/** Told to what has got the focus, where that is a frame that has to pass it on. */
export const ENTERED = 'pane-entered';

export function goThroughPanes(step: 1 | -1): void {
  const all = panes();
  const now = document.activeElement;
  const at = all.findIndex((pane) => pane.contains(now));
  const from = all[at];
  if (from && now instanceof HTMLElement && now !== from) last.set(from, now);
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length];
  const to = next && target(next);
  if (to) enter(to);
}

/** Gives the focus to an element, or to what had it in the frame. */
export function enter(element: HTMLElement): void {
  element.focus();
  element.dispatchEvent(new Event(ENTERED));
}
