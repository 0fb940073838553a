const CARD = '[data-card]';
/** How long after a key somebody still counts as typing. */
const TYPING_MS = 1200;

/** Where the focus was before the first of the cards that there are. */
let home: Element | null = null;
let typed: { into: Element; at: number } | null = null;

function noteInput({ target }: Event): void {
  if (target instanceof Element && !target.closest(CARD)) typed = { into: target, at: performance.now() };
}

/** Who runs a program waits for what it asks. */
function noteKey({ key, ctrlKey, metaKey }: KeyboardEvent): void {
  if (key === 'Enter' && (ctrlKey || metaKey)) typed = null;
}

document.addEventListener('input', noteInput, true);
document.addEventListener('keydown', noteKey, true);

/** Moves the focus to a new card, and back when it goes; never from one card to another, nor from somebody who types. */
export function takeFocus(card: HTMLElement): () => void {
  const before = document.activeElement;
  const isTyping = typed !== null && typed.into === before && performance.now() - typed.at < TYPING_MS;
  if (before && before !== document.body && !before.closest(CARD)) home = before;
  if (!before?.closest(CARD) && !isTyping) first(card).focus();
  return () => {
    const inside = card.contains(document.activeElement) || document.activeElement === document.body;
    if (!inside) return;
    const next = [...document.querySelectorAll<HTMLElement>(CARD)].find((each) => each !== card);
    if (next) first(next).focus();
    else if (home instanceof HTMLElement && home.isConnected) home.focus();
  };
}

function first(card: HTMLElement): HTMLElement {
  return card.querySelector<HTMLElement>('[data-first]') ?? card;
}
