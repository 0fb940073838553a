import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { afterEach, describe, expect, it } from 'vitest';
import { markStretches, placeNow, runs, setMarks, type Wanted } from './marks';

const CODE = 'name = ask("?")\nprint(name)\n';
const CALL = { line: 1, column: 8, endLine: 1, endColumn: 16 };
const NONE: Wanted = { error: null, lit: [], seen: null, pointed: null };

let view: EditorView | null = null;
afterEach(() => view?.destroy());

function open(wanted: Partial<Wanted> = { lit: [CALL] }): EditorView {
  view = new EditorView({ state: EditorState.create({ doc: CODE, extensions: [markStretches] }) });
  view.dispatch({ effects: [runs.of(null), setMarks.of({ ...NONE, ...wanted })] });
  return view;
}

const text = (view: EditorView, kind: string) =>
  [...view.contentDOM.querySelectorAll(`.cm-${kind}`)].map(({ textContent }) => textContent).join('');

describe('a stretch that waits', () => {
  it('is marked with its line', () => {
    const view = open();
    expect(text(view, 'litRange')).toBe('ask("?")');
    expect(text(view, 'litLine')).toBe('name = ask("?")');
  });

  it.each([
    ['before it', { from: 0, insert: '# said\n' }, 'ask("?")'],
    ['in its line', { from: 0, to: 4, insert: 'who' }, 'ask("?")'],
    ['right behind it', { from: 15, insert: '  # here' }, 'ask("?")'],
    ['right before it', { from: 7, insert: '1 + ' }, 'ask("?")'],
    ['after it', { from: 16, insert: 'x' }, 'ask("?")'],
    ['in it', { from: 12, insert: 'who' }, ''],
    ['over its beginning', { from: 5, to: 9 }, ''],
    ['over all of it', { from: 0, to: CODE.length, insert: CODE }, ''],
  ])('after a change %s', (_where, changes, marked) => {
    const view = open();
    view.dispatch({ changes });
    expect(text(view, 'litRange')).toBe(marked);
  });

  it('is found where it was when the run began, whatever was typed before it came', () => {
    const view = open(NONE);
    view.dispatch({ changes: { from: 0, insert: 'first = 1\n' } });
    view.dispatch({ effects: setMarks.of({ ...NONE, lit: [CALL] }) });
    expect(text(view, 'litRange')).toBe('ask("?")');
    view.dispatch({ effects: runs.of(null) });
    expect(text(view, 'litRange')).toBe(' 1');
  });

  it('is no longer marked once it goes on', () => {
    const view = open();
    view.dispatch({ effects: setMarks.of(NONE) });
    expect(text(view, 'litRange')).toBe('');
  });
});

it('an error is no longer marked when anything of its line changes', () => {
  const view = open({ error: CALL });
  expect(text(view, 'errorRange')).toBe('ask("?")');
  view.dispatch({ changes: { from: 16, insert: 'x' } });
  expect(text(view, 'errorRange')).toBe('ask("?")');
  view.dispatch({ changes: { from: 0, insert: 'x' } });
  expect(text(view, 'errorRange')).toBe('');
});

it('tells where a place is now, also where it was changed', () => {
  const view = open(NONE);
  view.dispatch({ changes: { from: 0, insert: '\n\n' } });
  expect(placeNow(view.state, CALL)).toEqual({ from: 9, to: 17 });
  view.dispatch({ changes: { from: 9, to: 17 } });
  expect(placeNow(view.state, CALL)).toEqual({ from: 9, to: 9 });
});
