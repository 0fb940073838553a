const CARD = '[data-card]';
/** How long after a key somebody still counts as typing. */
const TYPING_MS = 1200;

let typedAt = -Infinity;

/** Notes when somebody types where no card is; what a shortcut does is no typing. */
function note(event: Event): void {
  if (event.target instanceof Element && !event.target.closest(CARD)) typedAt = performance.now();
}
document.addEventListener('input', note, true);

/** Moves the focus to a new card, and back when it goes; never from one card to another, nor from somebody who types. */
export function takeFocus(card: HTMLElement): () => void {
  const before = document.activeElement;
  const isTyping = performance.now() - typedAt < TYPING_MS && before !== document.body;
  if (!before?.closest(CARD) && !isTyping) first(card).focus();
  return () => {
    const inside = card.contains(document.activeElement) || document.activeElement === document.body;
    if (!inside) return;
    const next = [...document.querySelectorAll<HTMLElement>(CARD)].find((each) => each !== card);
    if (next) first(next).focus();
    else if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
  };
}

function first(card: HTMLElement): HTMLElement {
  return card.querySelector<HTMLElement>('[data-first]') ?? card;
}
