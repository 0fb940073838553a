/** The height of a row; --row in List.svelte is the same. */
export const ROW_HEIGHT = 24;
const OVERSCAN = 10;
/** For when nothing has been laid out yet. */
const FALLBACK_HEIGHT = 400;

/** Which of `count` rows of a height are worth rendering. */
export function visibleRows(count: number, top: number, height: number, row = ROW_HEIGHT): { from: number; to: number } {
  const fit = Math.ceil((height || FALLBACK_HEIGHT) / row) + 1;
  const first = Math.min(Math.max(0, count - fit), Math.max(0, Math.floor(top / row)));
  return { from: Math.max(0, first - OVERSCAN), to: Math.min(count, first + fit + OVERSCAN) };
}

/** Where to scroll so that a row is seen whole; null where it is. */
export function scrollTo(place: number, top: number, height: number, row = ROW_HEIGHT): number | null {
  if (place * row < top) return place * row;
  if ((place + 1) * row > top + height) return (place + 1) * row - height;
  return null;
}

/** The place that a key leads to; null for a key that leads nowhere. */
export function placeAfter(key: string, place: number | null, count: number, height: number, row = ROW_HEIGHT): number | null {
  if (count === 0) return null;
  const page = Math.max(1, Math.floor(height / row) - 1);
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
  const step = steps[key];
  if (step === undefined) return null;
  if (place === null) return key === 'Home' || key === 'ArrowDown' || key === 'PageDown' ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, place + step));
}
