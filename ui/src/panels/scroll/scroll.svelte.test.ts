import { describe, expect, it } from 'vitest';
import { Scroll } from './scroll.svelte';

const ROW = 20;
const HEIGHT = 200;

/** A box of ten rows in height over so many rows, which is scrolled by hand. */
function over(rows: number) {
  let count = $state(rows);
  const box = document.createElement('div');
  Object.defineProperties(box, {
    clientHeight: { get: () => HEIGHT },
    scrollHeight: { get: () => count * ROW },
    scrollTop: { value: 0, writable: true },
  });
  const scroll = new Scroll({ row: ROW, overscan: 0, count: () => count });
  scroll.box = box;
  scroll.height = HEIGHT;
  const to = (top: number) => {
    box.scrollTop = top;
    scroll.scrolled();
  };
  const add = (more: number) => {
    count += more;
    scroll.stay();
  };
  return { scroll, box, to, add };
}

describe('a box that scrolls', () => {
  it('stays at the end, and renders it before it has been scrolled there', () => {
    const { scroll, box, add } = over(1000);
    expect(scroll.visible).toEqual({ from: 989, to: 1000 });
    add(500);
    expect(box.scrollTop).toBe(1500 * ROW);
    expect(scroll.visible.to).toBe(1500);
  });

  it('leaves the end with who scrolls up, and comes back to it', () => {
    const { scroll, box, to, add } = over(1000);
    to(1000 * ROW - HEIGHT);
    to(100 * ROW);
    expect(scroll.following).toBe(false);
    add(1);
    expect(box.scrollTop).toBe(100 * ROW);
    expect(scroll.visible).toEqual({ from: 100, to: 111 });
    to(1001 * ROW - HEIGHT - 1);
    expect(scroll.following).toBe(true);
  });

  it('follows on while rows come between it and the end', () => {
    const { scroll, to } = over(1000);
    to(500 * ROW);
    expect(scroll.following).toBe(true);
  });

  it('shows a row that is out of sight, and leaves alone what is seen', () => {
    const { scroll, box } = over(1000);
    scroll.show(5);
    expect([box.scrollTop, scroll.following]).toEqual([0, true]);
    scroll.show(30);
    expect([box.scrollTop, scroll.following]).toEqual([31 * ROW - HEIGHT, false]);
  });
});
