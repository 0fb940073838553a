import { undo } from '@codemirror/commands';
import { language } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { cleanup, render, screen } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Event, Range } from '../../host/host';
import { NO_POLICY } from '../../state/policy';
import { Settings } from '../../state/settings.svelte';
import { write } from '../../state/stored';
import { Workbench } from '../../state/workbench.svelte';
import { FakeHost, FakeStorage, settle, value } from '../../testing/fakeHost';
import Editor from './Editor.svelte';

afterEach(cleanup);

const CODE = 'a = 1\nname = ask("?")\nprint(name)';
const CALL: Range = { filename: 'main.py', start: { line: 2, column: 8 }, end: { line: 2, column: 16 } };

/** A bench with these programs, and its editor, which may not know Python yet. */
function appear() {
  const host = new FakeHost();
  const programs = [
    { name: 'main.py', code: CODE },
    { name: 'other.py', code: CODE },
  ];
  const bench = new Workbench(host, new Settings(new FakeStorage()), write({ programs, active: 0, policy: NO_POLICY }));
  render(Editor, { bench });
  flushSync();
  const view = EditorView.findFromDOM(screen.getByLabelText('Program'));
  if (!view) throw new Error('no editor');
  return { host, bench, view };
}

async function open() {
  const { host, bench, view } = appear();
  await settle();
  const show = async (index: number) => {
    bench.workspace.show(bench.workspace.programs[index]?.id ?? 0);
    await tick();
  };
  return { host, bench, view, show };
}

async function pause({ host, bench }: Awaited<ReturnType<typeof open>>, range: Range | null = CALL) {
  bench.run();
  await settle();
  host.pause({ state: 'pending', functionName: 'ask', args: [], kwargs: [], callId: 0, awaited: false, range });
  await settle();
}

const marked = (view: EditorView, kind: string) =>
  [...view.contentDOM.querySelectorAll(`.cm-${kind}Range`)].map(({ textContent }) => textContent).join('');

it('can be typed in before it knows Python, and loses nothing when it does', async () => {
  const { bench, view } = appear();
  expect(view.state.facet(language)).toBeNull();
  view.dispatch({ changes: { from: 0, insert: 'early = 1\n' }, selection: { anchor: 4 } });
  await vi.waitFor(() => expect(view.state.facet(language)?.name).toBe('python'));
  expect(bench.workspace.program.code).toBe(`early = 1\n${CODE}`);
  expect(view.state.selection.main.head).toBe(4);
  expect(undo(view)).toBe(true);
  expect(view.state.doc.toString()).toBe(CODE);
  bench.workspace.add();
  await tick();
  expect(view.state.facet(language)?.name, 'in another program too').toBe('python');
});

describe('a call that waits', () => {
  it('is lit until it is answered', async () => {
    const opened = await open();
    await pause(opened);
    expect(marked(opened.view, 'lit')).toBe('ask("?")');
    void opened.bench.session.answer('1');
    opened.host.end(value('1'));
    await settle();
    expect(marked(opened.view, 'lit')).toBe('');
  });

  it('is lit where it is after edits, from the beginning of the run', async () => {
    const opened = await open();
    opened.bench.run();
    await settle();
    opened.view.dispatch({ changes: { from: 0, insert: '# above\n\n' } });
    opened.host.pause({ state: 'pending', functionName: 'ask', args: [], kwargs: [], callId: 0, awaited: false, range: CALL });
    await settle();
    expect(marked(opened.view, 'lit')).toBe('ask("?")');
    const at = opened.view.state.doc.toString().indexOf('"?"');
    opened.view.dispatch({ changes: { from: at + 1, insert: 'x' } });
    expect(marked(opened.view, 'lit')).toBe('');
  });

  it('is lit in its own program only, and again when that is shown', async () => {
    const opened = await open();
    await pause(opened);
    await opened.show(1);
    expect(marked(opened.view, 'lit')).toBe('');
    await opened.show(0);
    expect(marked(opened.view, 'lit')).toBe('ask("?")');
  });

  it('of which nobody knows the place lights nothing', async () => {
    const opened = await open();
    await pause(opened, null);
    expect(marked(opened.view, 'lit')).toBe('');
  });

  it('that waits for something outside is lit too', async () => {
    const { host, bench, view } = await open();
    bench.run();
    await settle();
    host.tell([{ event: 'waiting', functionName: 'ask', callId: 3, handles: [], range: CALL }]);
    await tick();
    expect(marked(view, 'lit')).toBe('ask("?")');
    host.tell([{ event: 'waited', callId: 3 }]);
    await tick();
    expect(marked(view, 'lit')).toBe('');
  });
});

describe('a program that computes', () => {
  const wait: Event = { event: 'waiting', functionName: 'ask', callId: 3, handles: [], range: CALL };
  const seenAfter = () => new Promise((resolve) => setTimeout(resolve, 150));

  it('is marked faintly where it was seen last, until it waits again or ends', async () => {
    const { host, bench, view } = await open();
    bench.run();
    await seenAfter();
    expect(marked(view, 'seen')).toBe('');
    host.tell([wait, { event: 'waited', callId: 3 }]);
    await tick();
    expect(marked(view, 'seen')).toBe('');
    await seenAfter();
    expect(marked(view, 'seen')).toBe('ask("?")');
    expect(view.dom.querySelector('.cm-seenLine')?.textContent).toBe('name = ask("?")');
    host.tell([wait]);
    await tick();
    expect([marked(view, 'seen'), marked(view, 'lit')]).toEqual(['', 'ask("?")']);
    host.tell([{ event: 'waited', callId: 3 }]);
    await seenAfter();
    expect(marked(view, 'seen')).toBe('ask("?")');
    host.end(value('1'));
    await settle();
    expect(marked(view, 'seen')).toBe('');
  });

  it('is where its last call by hand was, and nowhere in the next run', async () => {
    const opened = await open();
    await pause(opened);
    void opened.bench.session.answer('1');
    await seenAfter();
    expect(marked(opened.view, 'seen')).toBe('ask("?")');
    opened.host.end(value('1'));
    await settle();
    opened.bench.run();
    await seenAfter();
    expect(marked(opened.view, 'seen')).toBe('');
  });

  it('is marked once where calls come in a flood', async () => {
    const { host, bench, view } = await open();
    bench.run();
    await settle();
    const changes: unknown[] = [];
    const before = view.dispatch.bind(view);
    view.dispatch = (...specs: never[]) => {
      changes.push(specs);
      before(...specs);
    };
    host.tell(Array.from({ length: 1000 }, (): Event[] => [wait, { event: 'waited', callId: 3 }]).flat());
    await seenAfter();
    expect(marked(view, 'seen')).toBe('ask("?")');
    expect(changes.length).toBeLessThan(4);
  });
});

it('marks what a panel points at, for as long as it does', async () => {
  const { bench, view } = await open();
  bench.pointed = CALL;
  await tick();
  expect(marked(view, 'pointed')).toBe('ask("?")');
  bench.pointed = { ...CALL, filename: 'nowhere.py' };
  await tick();
  expect(marked(view, 'pointed')).toBe('');
});

describe('programs', () => {
  it('keep what can be undone and the cursor each for itself', async () => {
    const { bench, view, show } = await open();
    view.dispatch({ changes: { from: 0, insert: 'x' }, selection: { anchor: 9 } });
    await tick();
    await show(1);
    expect(view.state.doc.toString()).toBe(CODE);
    expect(undo(view)).toBe(false);
    expect(bench.cursorLine).toBe(1);
    await show(0);
    expect(view.state.selection.main.head).toBe(9);
    expect(bench.cursorLine).toBe(2);
    expect(undo(view)).toBe(true);
    expect(view.state.doc.toString()).toBe(CODE);
    expect(bench.workspace.programs.map(({ code }) => code)).toEqual([CODE, CODE]);
  });

  it('keep it also where one was closed and opened again', async () => {
    const { bench, view } = await open();
    view.dispatch({ changes: { from: 0, insert: 'x' } });
    await tick();
    bench.workspace.closeProgram(bench.workspace.active);
    await tick();
    expect(bench.workspace.program.name).toBe('other.py');
    bench.workspace.reopen();
    await tick();
    expect(view.state.doc.toString()).toBe(`x${CODE}`);
    expect(undo(view)).toBe(true);
    expect(bench.workspace.program).toMatchObject({ name: 'main.py', code: CODE });
  });
});

describe('a stretch that somebody wants to see', () => {
  it.each([
    ['run', 2],
    ['now', 1],
  ] as const)('of the text that ran, or that is there: %s', async (of, line) => {
    const { bench, view } = await open();
    bench.run();
    await settle();
    view.dispatch({ changes: { from: 0, insert: '\n' } });
    bench.reveal({ filename: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 } }, of);
    await tick();
    expect(bench.cursorLine).toBe(line);
  });

  it('of another program shows that, and one of none moves nothing', async () => {
    const { bench } = await open();
    bench.reveal({ ...CALL, filename: 'other.py' });
    await tick();
    expect(bench.workspace.program.name).toBe('other.py');
    expect(bench.cursorLine).toBe(2);
    bench.reveal({ ...CALL, filename: '<python-input-3>', start: { line: 1, column: 1 } });
    await tick();
    expect(bench.cursorLine).toBe(2);
  });
});
