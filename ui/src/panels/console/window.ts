/** The height of a printed line; --line-console in tokens.css is the same. */
export const LINE_HEIGHT = 20;

const OVERSCAN = 20;
/** For when nothing has been laid out yet. */
const FALLBACK_HEIGHT = 600;

export type Visible = { from: number; to: number };

/** Which lines are worth rendering. Who follows the tail sees the end, wherever the box is scrolled now. */
export function visibleLines(count: number, following: boolean, top: number, height: number, row = LINE_HEIGHT): Visible {
  const fit = Math.ceil((height || FALLBACK_HEIGHT) / row) + 1;
  const last = Math.max(0, count - fit);
  const first = following ? last : Math.min(last, Math.floor(top / row));
  return { from: Math.max(0, first - OVERSCAN), to: Math.min(count, first + fit + OVERSCAN) };
}
