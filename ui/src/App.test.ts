import { EditorView } from '@codemirror/view';
import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from './App.svelte';
import type { Reply } from './host/host';
import { Settings } from './state/settings.svelte';
import { write } from './state/stored';
import { NO_POLICY } from './state/policy';
import { Workbench } from './state/workbench.svelte';
import { FakeHost, FakeStorage, USAGE, diagnostics, exception, frame, settle, value } from './testing/fakeHost';

afterEach(cleanup);

async function open(code = 'print(1)\n1 + 1') {
  const host = new FakeHost();
  const storage = new FakeStorage();
  const settings = new Settings(storage);
  const kept = write({ programs: [{ name: 'main.py', code }], active: 0, policy: NO_POLICY });
  const bench = new Workbench(host, settings, kept);
  render(App, { bench });
  await settle();
  const dom = screen.getByLabelText('Program');
  const view = EditorView.findFromDOM(dom);
  if (!view) throw new Error('no editor');
  return { host, storage, settings, view, bench };
}

const button = () => screen.getByTestId('run');
const status = () => screen.getByTestId('status').textContent;
const output = () => screen.getByTestId('console');

async function run() {
  await fireEvent.click(button());
  await settle();
}

async function ends(host: FakeHost, reply: Reply) {
  host.end(reply);
  await settle();
}

describe('running', () => {
  it('takes what was typed, shows prints before the end and then the result', async () => {
    const { host, view } = await open('');
    view.dispatch({ changes: { from: 0, insert: 'print("hello")\n6 * 7' } });
    await run();
    expect(host.sources[0]?.code).toBe('print("hello")\n6 * 7');
    host.print('hello\n');
    await vi.waitFor(() => expect(output().textContent).toContain('hello'));
    expect(output().dataset.lines).toBe('1');
    expect(status()).toBe('Running');
    expect(screen.queryByTestId('result')).toBeNull();
    await ends(host, value('42'));
    expect(screen.getByTestId('result').textContent).toBe('42');
    expect(status()).toBe('Ready');
    expect(screen.getByTestId('usage').textContent).toMatch(/12 ms.*300 ms.*3 MB.*2 prints/);
  });

  it('does not begin by itself', async () => {
    const { host } = await open();
    expect(host.sources).toHaveLength(0);
    expect(status()).toBe('Ready');
  });

  it('begins with Mod-Enter in the editor, once, and leaves the text alone', async () => {
    const { host, view } = await open('1');
    await fireEvent.keyDown(view.contentDOM, { key: 'Enter', ctrlKey: true });
    await settle();
    expect(host.sources).toHaveLength(1);
    expect(view.state.doc.toString()).toBe('1');
  });

  it('begins with Mod-Enter anywhere', async () => {
    const { host } = await open('1');
    await fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });
    await settle();
    expect(host.sources).toHaveLength(1);
  });

  it('marks standard error, outside of the text', async () => {
    const { host } = await open();
    await run();
    host.print('out\n');
    host.print('oops\n', 'stderr');
    await vi.waitFor(() => expect(output().dataset.lines).toBe('2'));
    const lines = [...output().querySelectorAll<HTMLElement>('[data-stream]')];
    expect(lines.map((line) => [line.dataset.stream, line.textContent])).toEqual([
      ['stdout', 'out'],
      ['stderr', 'oops'],
    ]);
  });

  it('renders few of many lines', async () => {
    const { host } = await open();
    await run();
    for (let line = 0; line < 5000; line++) host.print(`${line}\n`);
    await vi.waitFor(() => expect(output().dataset.lines).toBe('5000'));
    const rendered = output().querySelectorAll('[data-stream]');
    expect(rendered.length).toBeLessThan(100);
    expect(rendered[rendered.length - 1]?.textContent).toBe('4999');
  });

  it('clears what is shown', async () => {
    const { host } = await open();
    await run();
    host.print('x\n');
    await ends(host, value('1'));
    await vi.waitFor(() => expect(output().dataset.lines).toBe('1'));
    await fireEvent.click(screen.getByLabelText(/^Clear console/));
    await vi.waitFor(() => expect(output().dataset.lines).toBe('0'));
    expect(screen.queryByTestId('result')).toBeNull();
  });
});

describe('problems', () => {
  it('are marked and told while somebody types, and nothing runs', async () => {
    const { host, view } = await open('');
    const range = { filename: 'main.py', start: { line: 1, column: 7 }, end: { line: 1, column: 8 } };
    host.ondiagnose = async () => diagnostics([{ message: 'Expected an expression', severity: 'error', range }]);
    view.dispatch({ changes: { from: 0, insert: "'🐍' = = 1" } });
    const told = screen.getByTestId('problems');
    await vi.waitFor(() => expect(told.textContent).toBe('Line 1, column 7: Expected an expression'));
    expect(view.dom.querySelector('.cm-lintRange')?.textContent).toBe('=');
    host.ondiagnose = async () => diagnostics([]);
    view.dispatch({ changes: { from: 5, to: 7 } });
    await vi.waitFor(() => expect(told.textContent).toBe(''));
    expect(view.dom.querySelector('.cm-lintRange')).toBeNull();
    expect(host.sources).toHaveLength(0);
  });
});

describe('stopping', () => {
  it('is offered while a program runs, and cancels', async () => {
    const { host } = await open();
    expect(button().textContent).toContain('Run');
    await run();
    expect(button().textContent).toContain('Stop');
    await fireEvent.click(button());
    expect(host.cancels).toBe(1);
    await vi.waitFor(() => expect(status()).toBe('Stopped'));
    expect(screen.getByTestId('stopped')).toBeTruthy();
    expect(button().textContent).toContain('Run');
  });

  it('says so while the host is at it', async () => {
    const { host } = await open();
    host.oncancel = () => new Promise(() => undefined);
    await run();
    await fireEvent.click(button());
    expect(button().textContent).toContain('Stopping…');
    expect(status()).toBe('Stopping…');
    await fireEvent.click(button());
    expect(host.cancels).toBe(1);
  });

  it.each([{ key: 'Escape' }, { key: '.', ctrlKey: true }])('works with the keys %j', async (keys) => {
    const { host } = await open();
    await fireEvent.keyDown(document.body, keys);
    expect(host.cancels).toBe(0);
    await run();
    await fireEvent.keyDown(document.body, keys);
    expect(host.cancels).toBe(1);
  });
});

describe('errors', () => {
  const code = 'def f():\n    return "🐍" + 1\nf()';
  const reply = () =>
    exception('TypeError', 'can only concatenate str', [
      frame(3, 1, 4, { sourceLine: 'f()' }),
      frame(2, 12, 19, { frameName: 'f', sourceLine: '    return "🐍" + 1' }),
    ]);

  it('mark the line and the characters', async () => {
    const { host, view } = await open(code);
    await run();
    await ends(host, reply());
    expect(screen.getByTestId('error').textContent).toContain('TypeError');
    expect(screen.getByTestId('error').textContent).toContain('can only concatenate str');
    expect(status()).toBe('Error');
    expect(view.contentDOM.querySelector('.cm-errorLine')?.textContent).toBe('    return "🐍" + 1');
    const marked = [...view.contentDOM.querySelectorAll('.cm-errorRange')].map((part) => part.textContent).join('');
    expect(marked).toBe('"🐍" + 1');
  });

  it('are no longer marked once their line changes, but move with changes elsewhere', async () => {
    const { host, view } = await open(code);
    await run();
    await ends(host, reply());
    view.dispatch({ changes: { from: 0, insert: '# new\n' } });
    expect(view.contentDOM.querySelector('.cm-errorLine')?.textContent).toContain('return');
    view.dispatch({ changes: { from: view.state.doc.line(3).to, insert: '0' } });
    expect(view.contentDOM.querySelector('.cm-errorLine')).toBeNull();
  });

  it('are no longer marked in the next run', async () => {
    const { host, view } = await open(code);
    await run();
    await ends(host, reply());
    await run();
    expect(view.contentDOM.querySelector('.cm-errorLine')).toBeNull();
  });

  it('have frames that move the cursor', async () => {
    const { host, view } = await open(code);
    await run();
    await ends(host, reply());
    await fireEvent.click(screen.getByRole('button', { name: /line 3/ }));
    expect(view.state.selection.main.head).toBe(view.state.doc.line(3).from);
  });

  it('of a limit name it, those of a crash calm down', async () => {
    const { host } = await open();
    await run();
    const limit = { kind: 'limit', excType: 'TimeoutError', message: 'too long', traceback: [], limit: 'timeoutMs', max: 50 } as const;
    await ends(host, { state: 'complete', ok: false, error: { ...limit, traceback: [] }, usage: USAGE });
    expect(status()).toBe('Limit');
    expect(screen.getByTestId('error').textContent).toContain('Time limit reached: 50 ms');
    await run();
    const crash = { kind: 'crash', excType: 'SystemError', message: 'stack overflow', limit: null, max: null, traceback: [] } as const;
    await ends(host, { state: 'complete', ok: false, error: { ...crash, traceback: [] }, usage: USAGE });
    expect(status()).toBe('Crash');
    expect(screen.getByTestId('error').textContent).toContain('Your program and the session are safe.');
  });

  it('of the host are shown, and the next run works', async () => {
    const { host } = await open();
    await run();
    host.fail('the pipe is closed');
    await settle();
    expect(screen.getByTestId('error').textContent).toContain('the pipe is closed');
    expect(button().textContent).toContain('Run');
    await run();
    expect(screen.queryByTestId('error')).toBeNull();
    await ends(host, value('9'));
    expect(screen.getByTestId('result').textContent).toBe('9');
  });
});

describe('limits', () => {
  it('are passed', async () => {
    const { host, settings } = await open();
    await fireEvent.input(screen.getByLabelText(/Time limit/), { target: { value: '250' } });
    await fireEvent.input(screen.getByLabelText(/Memory limit/), { target: { value: '0' } });
    await run();
    expect(host.sources[0]?.limits).toEqual({ timeoutMs: 250, turnTimeoutMs: 0, memoryBytes: 0 });
    expect(settings.values).toMatchObject({ timeoutMs: 250, memoryMb: 0 });
  });

  it.each(['-1', '1.5', ''])('that are %j are refused with a message, and nothing runs', async (text) => {
    const { host, settings } = await open();
    const input = screen.getByLabelText(/Time limit/);
    await fireEvent.input(input, { target: { value: text } });
    expect(screen.getByRole('alert').textContent).toMatch(/whole number|negative|Enter a number/);
    expect(input.getAttribute('aria-invalid')).toBe('true');
    await run();
    expect(host.sources).toHaveLength(0);
    expect(document.activeElement).toBe(input);
    expect(settings.values.timeoutMs).toBe(10_000);
    await fireEvent.input(input, { target: { value: '5' } });
    expect(screen.queryByRole('alert')).toBeNull();
    await run();
    expect(host.sources[0]?.limits?.timeoutMs).toBe(5);
  });
});

describe('the shell', () => {
  it('keeps the cursor when the text changes from outside', async () => {
    const { bench, view } = await open('abc\ndef');
    view.dispatch({ selection: { anchor: 6 } });
    bench.workspace.edit('abcX\ndef');
    await tick();
    expect(view.state.doc.toString()).toBe('abcX\ndef');
    expect(view.state.selection.main.head).toBe(7);
  });

  it('saves when the page goes away', async () => {
    const { host, view } = await open('old');
    view.dispatch({ changes: { from: 0, to: 3, insert: 'new' } });
    await fireEvent(window, new window.Event('pagehide'));
    expect(host.kept.at(-1)).toContain('"new"');
  });

  it('goes through the themes', async () => {
    const { settings } = await open();
    const seen: (string | undefined)[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await fireEvent.click(screen.getByLabelText(/^Theme/));
      seen.push(document.documentElement.dataset.theme);
    }
    expect(seen).toEqual(['light', 'dark', undefined]);
    expect(settings.values.theme).toBe('system');
  });

  it('moves the split by keyboard, within bounds', async () => {
    const { settings } = await open();
    const handle = screen.getByRole('separator', { name: 'Size of editor and stage' });
    await fireEvent.keyDown(handle, { key: 'Home' });
    expect(settings.values.split).toBe(0.2);
    await fireEvent.keyDown(handle, { key: handle.getAttribute('aria-orientation') === 'vertical' ? 'ArrowLeft' : 'ArrowUp' });
    expect(settings.values.split).toBe(0.2);
    await fireEvent.keyDown(handle, { key: 'End' });
    expect(handle.getAttribute('aria-valuenow')).toBe('80');
  });
});
