const CARD = '[role=alertdialog]';

/** Moves the focus to a new card, and back when it goes; never from one card to another. */
export function takeFocus(card: HTMLElement): () => void {
  const before = document.activeElement;
  if (!before?.closest(CARD)) (card.querySelector<HTMLElement>('[data-first]') ?? card).focus();
  return () => {
    const inside = card.contains(document.activeElement) || document.activeElement === document.body;
    if (!inside) return;
    const next = [...document.querySelectorAll<HTMLElement>(CARD)].find((each) => each !== card);
    if (next) (next.querySelector<HTMLElement>('[data-first]') ?? next).focus();
    else if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
  };
}
