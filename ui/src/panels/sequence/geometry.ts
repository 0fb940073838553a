import { LANES, type Lane } from '../../state/described';

/** The height of a step. */
export const STEP = 32;
/** Where in its step an arrow lies; its words stand over it. */
export const ARROW_Y = 23;
/** Room for times. */
const GUTTER = 76;
const MARGIN = 64;
const WIDEST = 1180;
/** How wide a character of a label is, about. */
export const CHARACTER = 7.3;

/** Where the lifelines stand in so much room. */
export function lifelines(width: number): Record<Lane, number> {
  const room = Math.max(360, Math.min(width, WIDEST)) - GUTTER - 2 * MARGIN;
  const at = (lane: Lane) => Math.round(GUTTER + MARGIN + (room * LANES.indexOf(lane)) / (LANES.length - 1));
  return { python: at('python'), engine: at('engine'), window: at('window'), person: at('person') };
}

/** The lifelines that an arrow passes. */
export function passed(from: Lane, to: Lane): Lane[] {
  const [low, high] = [LANES.indexOf(from), LANES.indexOf(to)].sort((a, b) => a - b);
  return LANES.slice((low ?? 0) + 1, high);
}

/** A label that fits into so many pixels. */
export function fitted(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / CHARACTER));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
