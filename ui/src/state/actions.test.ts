import { afterEach, describe, expect, it } from 'vitest';
import { FakeHost, FakeStorage } from '../testing/fakeHost';
import { ACTIONS, actionOf, hint, keysOf } from './actions';
import { find } from './found';
import { NO_POLICY } from './policy';
import { Recent } from './search';
import { Settings } from './settings.svelte';
import { write } from './stored';
import { Workbench } from './workbench.svelte';

function bench(...codes: string[]): Workbench {
  const programs = (codes.length > 0 ? codes : ['1']).map((code, index) => ({ name: `${'abc'[index]}.py`, code }));
  return new Workbench(new FakeHost(), new Settings(new FakeStorage()), write({ programs, active: 0, policy: NO_POLICY }));
}

const press = (init: KeyboardEventInit, target: EventTarget = document.body) => {
  const event = new KeyboardEvent('keydown', { bubbles: true, ...init });
  let found: string | null = null;
  target.addEventListener('keydown', () => (found = actionOf(event)?.id ?? null), { once: true });
  target.dispatchEvent(event);
  return found;
};

afterEach(() => document.body.replaceChildren());

describe('keys', () => {
  it.each([
    [{ key: 'Enter', ctrlKey: true }, 'run'],
    [{ key: 'Escape' }, 'stop'],
    [{ key: 'k', ctrlKey: true }, 'palette'],
    [{ key: 's', ctrlKey: true }, 'save'],
    [{ key: 'å', code: 'KeyA', altKey: true }, 'answer'],
    [{ key: 'W', code: 'KeyW', altKey: true, shiftKey: true }, 'reopen'],
    [{ key: 'F6' }, 'pane'],
    [{ key: 'F6', shiftKey: true }, 'pane-back'],
    [{ key: '?', shiftKey: true }, 'keys'],
    [{ key: 'a' }, null],
    [{ key: 'Enter', ctrlKey: true, metaKey: true }, null],
  ])('%j mean %s', (init, id) => {
    expect(press(init)).toBe(id);
  });

  it('that write a sign are no command where somebody writes', () => {
    const field = document.createElement('input');
    document.body.append(field);
    expect(press({ key: '?', shiftKey: true }, field)).toBeNull();
    expect(press({ key: 'F6' }, field)).toBe('pane');
  });

  it('mean one action each', () => {
    const keys = ACTIONS.flatMap(({ keys }) => keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('stand in tooltips', () => {
    expect(keysOf('run')).toBe('Ctrl+Enter');
    expect(hint('Stop', 'stop')).toBe('Stop (Esc)');
    expect(hint('Reset', 'reset')).toBe('Reset');
  });
});

describe('the palette finds', () => {
  const titles = (sought: string, table = bench('1', '2'), recent = new Recent(new FakeStorage())) =>
    find(table, sought, recent).map(({ title }) => title);

  it('commands, and says why one cannot be chosen', () => {
    const items = find(bench(), '', new Recent(new FakeStorage()));
    expect(items.find(({ id }) => id === 'run')?.off).toBeNull();
    expect(items.find(({ id }) => id === 'stop')?.off).toBe('Nothing is running.');
    expect(items.find(({ id }) => id === 'answer')?.off).toBe('Nothing waits for an answer.');
  });

  it('what was chosen last before the others', () => {
    const recent = new Recent(new FakeStorage());
    recent.chosen('theme');
    expect(titles('', bench(), recent)[0]).toBe('Change the theme');
    expect(titles('run', bench(), recent)[0]).toBe('Run');
  });

  it('more commands where they are sought, and those that were chosen also where nothing is', () => {
    const recent = new Recent(new FakeStorage());
    const more = ['Hello', 'Form'].map((title) => ({ id: `example ${title}`, title: `Open example: ${title}`, kind: '', keys: '', off: null, act: () => undefined }));
    const found = (sought: string) => find(bench(), sought, recent, more).map(({ title }) => title).filter((title) => title.startsWith('Open example'));
    expect(found('')).toEqual([]);
    expect(found('form')).toEqual(['Open example: Form']);
    expect(found('open ex')).toEqual(['Open example: Hello', 'Open example: Form']);
    expect(found('?')).toEqual([]);
    recent.chosen('example Form');
    expect(found('')).toEqual(['Open example: Form']);
    expect(find(bench(), '', recent, more)[0]?.title).toBe('Open example: Form');
  });

  it('programs by name, and shows them', () => {
    const table = bench('1', '2');
    const [found] = find(table, 'b.py', new Recent(new FakeStorage()));
    expect(found?.title).toBe('b.py');
    found?.act();
    expect(table.workspace.program.name).toBe('b.py');
  });

  it.each([
    [':2', 'Go to line 2', 2],
    ['3', 'Go to line 3', 3],
    [':999', 'Go to line 4', 4],
    [':0', 'Go to line 1', 1],
  ])('lines: %s', (sought, title, line) => {
    const table = bench('a\nb\nc\n');
    const [found] = find(table, sought, new Recent(new FakeStorage()));
    expect(found?.title).toBe(title);
    found?.act();
    expect(table.revealed).toMatchObject({ range: { filename: 'a.py', start: { line, column: 1 } }, of: 'now' });
  });

  it('no line where there is no number', () => {
    expect(find(bench('a\nb'), ':x', new Recent(new FakeStorage())).map(({ off }) => off)).toEqual(['Type a number.']);
  });

  it('all keys after a question mark, those of the editor too', () => {
    const found = find(bench(), '?', new Recent(new FakeStorage()));
    expect(found.every(({ keys }) => keys !== '')).toBe(true);
    expect(found.map(({ title }) => title)).toEqual(expect.arrayContaining(['Run', 'Search in the program']));
    expect(titles('?search')).toEqual(['Search in the program']);
  });
});
