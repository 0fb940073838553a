// Rows of one height, of which only those in sight are rendered. Heights are in pixels.

/** For when nothing has been laid out yet. */
const FALLBACK_HEIGHT = 600;

export type Visible = { from: number; to: number };

/** Which of `count` rows are worth rendering: those in sight from `top` on, and `overscan` before and after them. */
export function visibleRows(count: number, top: number, height: number, row: number, overscan = 20): Visible {
  const fit = Math.ceil((height || FALLBACK_HEIGHT) / row) + 1;
  const first = Math.min(Math.max(0, count - fit), Math.max(0, Math.floor(top / row)));
  return { from: Math.max(0, first - overscan), to: Math.min(count, first + fit + overscan) };
}

/** Where to scroll so that a row is seen whole; null where it is. */
export function scrollTo(place: number, top: number, height: number, row: number): number | null {
  if (place * row < top) return place * row;
  if ((place + 1) * row > top + height) return (place + 1) * row - height;
  return null;
}

/** The place that a key leads to; null for a key that leads nowhere. */
export function placeAfter(key: string, place: number | null, count: number, height: number, row: number): number | null {
  if (count === 0) return null;
  const page = Math.max(1, Math.floor(height / row) - 1);
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -count, End: count };
  const step = steps[key];
  if (step === undefined) return null;
  if (place === null) return key === 'Home' || key === 'ArrowDown' || key === 'PageDown' ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, place + step));
}
