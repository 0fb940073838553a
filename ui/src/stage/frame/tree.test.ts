import { beforeEach, describe, expect, it } from 'vitest';
import { attributeName, isStyle, kindOf } from './allowed.js';
import { Tree } from './tree.js';

let refusals: string[] = [];
let focused: (Element | null)[] = [];
let tree: Tree;

beforeEach(() => {
  document.body.replaceChildren();
  refusals = [];
  focused = [];
  tree = new Tree(document.body, (why) => refusals.push(why), (element) => focused.push(element));
  tree.apply({ op: 'reset', root: { handle: 1, tag: 'div', children: [{ handle: 2, tag: 'p', children: ['text'] }] } });
});

const body = () => [...(document.body.firstElementChild?.childNodes ?? [])].map((node) => new XMLSerializer().serializeToString(node)).join('').replace(/ xmlns="[^"]*"/g, '');

describe('Tree', () => {
  it('builds, changes and forgets', () => {
    tree.apply({ op: 'append', parent: 1, element: { handle: 3, tag: 'input', attributes: [['type', 'checkbox']], value: 'true', listens: ['click'] } });
    const input = tree.element(3);
    expect(input).toMatchObject({ checked: true });
    expect([tree.handleAt(input), tree.isHeard(input, 'click'), tree.isHeard(input, 'keydown')]).toEqual([3, true, false]);
    tree.apply({ op: 'children', handle: 2, children: ['other'] });
    expect(body()).toBe('<p>other</p><input type="checkbox" />');
    tree.apply({ op: 'remove', handle: 3 });
    expect(tree.element(3)).toBeUndefined();
    tree.apply({ op: 'children', handle: 1, children: [] });
    expect([tree.element(2), tree.isEmpty, refusals]).toEqual([undefined, true, []]);
  });

  it('moves an element that is there already, but never into itself', () => {
    tree.apply({ op: 'append', parent: 2, element: { handle: 3, tag: 'b' } });
    tree.apply({ op: 'append', parent: 1, element: { handle: 3, tag: 'b', children: ['moved'] } });
    expect(body()).toBe('<p>text</p><b>moved</b>');
    tree.apply({ op: 'append', parent: 3, element: { handle: 3, tag: 'b' } });
    expect(refusals).toEqual(['an element was to be put into itself']);
  });

  it('keeps the text node where only the text changes', () => {
    const node = tree.element(2)?.firstChild;
    tree.apply({ op: 'children', handle: 2, children: ['counted'] });
    expect([tree.element(2)?.firstChild === node, node?.textContent]).toEqual([true, 'counted']);
  });

  it('hands on the focus, and its absence', () => {
    tree.apply({ op: 'focus', handle: 2 });
    tree.apply({ op: 'focus', handle: null });
    expect(focused).toEqual([tree.element(2), null]);
  });

  it.each([null, undefined, 'x', 3, [], {}, { op: 'append' }, { op: 'value', handle: 2, value: 'x' }, { op: 'nothing', handle: 2 }])(
    'counts %o as refused, and changes nothing',
    (patch) => {
      tree.apply(patch);
      expect([refusals.length, body()]).toEqual([1, '<p>text</p>']);
    },
  );
});

describe('what is allowed', () => {
  it.each(['script', 'iframe', 'object', 'embed', 'link', 'meta', 'base', 'style', 'use', 'animate', 'foreignObject', 'DIV', '__proto__'])(
    'is not <%s>',
    (tag) => expect(kindOf(tag)).toBeNull(),
  );

  it.each([
    ['img', 'src', 'data:image/png;base64,AAAA', 'src'],
    ['a', 'href', 'https://example.org', 'href'],
    ['a', 'href', '#there', 'href'],
    ['svg', 'viewbox', '0 0 1 1', 'viewBox'],
    ['p', 'ARIA-label', 'x', 'aria-label'],
    ['p', 'data-key', 'x', 'data-key'],
    ['input', 'name', 'x', 'name'],
  ])('is <%s %s="%s">', (tag, name, value, spelt) => expect(attributeName(tag, name, value)).toBe(spelt));

  it.each([
    ['img', 'src', 'data:image/svg+xml;base64,AAAA'],
    ['img', 'src', 'https://example.org/a.png'],
    ['p', 'src', 'data:image/png;base64,AAAA'],
    ['a', 'href', 'JavaScript:x'],
    ['a', 'href', '\u0001javascript:x'],
    ['a', 'href', 'blob:x'],
    ['a', 'href', 'https://['],
    ['b', 'href', 'https://example.org'],
    ['b', 'onclick', 'x'],
    ['b', 'ONCLICK', 'x'],
    ['b', 'style', 'color: red'],
    ['b', 'constructor', 'x'],
    ['b', 'data-"x', 'x'],
    ['input', 'type', 'file'],
    ['form', 'name', 'body'],
    ['rect', 'fill', 'url(https://example.org)'],
    ['p', 'viewBox', '0 0 1 1'],
  ])('is not <%s %s="%s">', (tag, name, value) => expect(attributeName(tag, name, value)).toBeNull());

  it.each([['color', 'red', true], ['--mine', '1px', true], ['width', 'calc(1px + 2%)', true], ['width', null, true], ['background', 'URL (x)', false], ['background', 'u\\72l(x)', false], ['color:', 'red', false], ['', 'red', false]])(
    'for the style %s: %s it is %s',
    (name, value, allowed) => expect(isStyle(name, value)).toBe(allowed),
  );
});
