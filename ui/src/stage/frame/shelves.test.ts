import { beforeEach, describe, expect, it } from 'vitest';
import { Tree } from './tree.js';

let refusals: string[] = [];
let tree: Tree;

const append = (handle: number, more: object = {}, parent = 1) => ({ op: 'append', parent, element: { handle, tag: 'p', children: [`${handle}`], ...more } });
const root = () => tree.element(1);
/** How many are children of the root itself, and how many stand on each of its shelves. */
const rows = () => {
  const children = [...(root()?.children ?? [])];
  const shelves = children.filter((child) => tree.handleAt(child) === 1);
  return [children.length - shelves.length, ...shelves.map((shelf) => shelf.childElementCount)];
};
const ended = () => [...(root()?.children ?? [])].filter((child) => child instanceof HTMLElement && child.style.display === 'contents').length;

beforeEach(() => {
  document.body.replaceChildren();
  refusals = [];
  tree = new Tree(document.body, (why) => refusals.push(why), () => undefined);
  tree.apply({ op: 'reset', root: { handle: 1, tag: 'div', attributes: [['id', 'sandbox']] } });
  for (let handle = 2; handle < 902; handle += 1) tree.apply(append(handle));
  tree.settle();
});

describe('Shelves', () => {
  it('hold what comes after the first five hundred, in order', () => {
    expect([rows(), refusals]).toEqual([[500, 200, 200], []]);
    expect(root()?.textContent).toBe(Array.from({ length: 900 }, (_, index) => index + 2).join(''));
    expect(tree.handleAt(tree.element(901)?.firstChild)).toBe(901);
  });

  it('go when they are empty', () => {
    for (let handle = 702; handle < 902; handle += 1) tree.apply({ op: 'remove', handle });
    expect(rows()).toEqual([500, 200]);
    tree.apply(append(1000));
    expect(rows()).toEqual([500, 200, 1]);
    tree.apply({ op: 'children', handle: 1, children: [] });
    tree.apply(append(1001));
    expect(rows()).toEqual([1]);
  });

  it.each([
    ['an element that reaches out of its line', append(1000, { children: [{ handle: 1001, tag: 'table' }] })],
    ['a child of another kind', append(1000, { tag: 'h1' })],
    ['a style of a new child', append(1000, { styles: [['position', 'absolute']] })],
    ['a style of what stands on one', { op: 'style', handle: 800, name: 'float', value: 'left' }],
    ['a style of what holds them', { op: 'style', handle: 1, name: 'display', value: 'flex' }],
    ['what comes into a child', append(1000, { tag: 'dialog' }, 800)],
    ['what a child consists of', { op: 'children', handle: 800, children: [{ handle: 1000, tag: 'h2' }] }],
  ])('are as if they were not after %s', (_, patch) => {
    tree.apply(patch);
    expect([ended(), refusals]).toEqual([2, []]);
    tree.apply(append(2000));
    expect(tree.element(2000)?.parentElement).toBe(root());
  });

  it('stay after what changes no place', () => {
    tree.apply({ op: 'style', handle: 800, name: 'color', value: 'red' });
    tree.apply(append(1000, { children: [{ handle: 1001, tag: 'button', children: ['x'] }], styles: [['font-weight', '600']] }));
    expect([ended(), rows()]).toEqual([0, [500, 200, 200, 1]]);
  });

  it('are none where something around may be laid out otherwise', () => {
    tree.apply({ op: 'reset', root: { handle: 1, tag: 'div', children: [{ handle: 2, tag: 'div', styles: [['display', 'flex']], children: [{ handle: 3, tag: 'div' }] }] } });
    for (let handle = 4; handle < 700; handle += 1) tree.apply(append(handle, {}, 3));
    expect(tree.element(3)?.childElementCount).toBe(696);
  });
});
