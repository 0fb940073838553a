import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Range } from '../../host/host';
import { NO_POLICY, type OwnFunction, type Policy } from '../../state/policy';
import type { Pending } from '../../state/session.svelte';
import { Settings } from '../../state/settings.svelte';
import { write } from '../../state/stored';
import { Workbench } from '../../state/workbench.svelte';
import { FakeHost, FakeStorage, settle, value } from '../../testing/fakeHost';
import Calls from './Calls.svelte';
import { isInGather } from './desk.svelte';

afterEach(cleanup);

const ASK: OwnFunction = { name: 'ask', about: '', params: [{ name: 'question', type: 'string', default: null }], returns: 'string' };

const range = (line: number, column: number): Range => ({ filename: 'main.py', start: { line, column }, end: { line, column: column + 3 } });

function call(more: Partial<Pending> = {}): Pending {
  const args = [{ json: '"Who?"', repr: "'Who?'" }];
  return { state: 'pending', functionName: 'ask', args, kwargs: [], callId: 0, awaited: false, range: range(1, 1), ...more };
}

async function open(code = 'ask("Who?")', policy: Partial<Policy> = {}) {
  const host = new FakeHost();
  const kept = write({ programs: [{ name: 'main.py', code }], active: 0, policy: { ...NO_POLICY, functions: [ASK], ...policy } });
  const bench = new Workbench(host, new Settings(new FakeStorage()), kept);
  render(Calls, { bench });
  bench.run();
  await settle();
  const pause = async (pending: Parameters<FakeHost['pause']>[0]) => {
    host.pause(pending);
    await settle();
  };
  return { host, bench, pause };
}

const field = () => screen.getByLabelText<HTMLTextAreaElement>('Answer to ask');
const type = (text: string, into: HTMLElement = field()) => fireEvent.input(into, { target: { value: text } });
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const press = (name: string | RegExp) => fireEvent.click(button(name));
const choose = (name: string) => fireEvent.click(screen.getByRole('radio', { name }));
const note = () => screen.getByTestId('preview').textContent?.trim();

describe('a call that waits', () => {
  it('is shown with its arguments by name', async () => {
    const { pause } = await open();
    expect(screen.queryByTestId('call')).toBeNull();
    await pause(call({ kwargs: [{ name: 'loud', value: { json: 'true', repr: 'True' } }] }));
    expect(screen.getByTestId('call').textContent).toMatch(/ask.*→ str.*Line 1.*question.*'Who\?'.*loud.*True/s);
  });

  it('folds long arguments and says how long they are', async () => {
    const { pause } = await open();
    await pause(call({ args: [{ json: '0', repr: 'x'.repeat(5000) }] }));
    const text = () => screen.getByText(/^x+…?$/).textContent ?? '';
    expect(text().length).toBe(161);
    await press('5,000 characters of question');
    expect(text().length).toBe(5000);
  });

  it('has the focus in its field, unless somebody is typing elsewhere', async () => {
    const { pause, host } = await open();
    await pause(call());
    expect(document.activeElement).toBe(field());
    await press(/^Answer/);
    host.end(value('1'));
    await vi.waitFor(() => expect(screen.queryByTestId('call')).toBeNull());
    const other = document.body.appendChild(document.createElement('input'));
    other.focus();
    await type('x', other);
    const again = await open();
    await again.pause(call());
    expect(document.activeElement).toBe(other);
    other.remove();
  });

  it('shows its line in the editor', async () => {
    const { pause, bench } = await open();
    await pause(call());
    await press('Line 1');
    expect(bench.revealed?.range).toEqual(range(1, 1));
  });

  it('is answered with what was typed, and says what Python will see', async () => {
    const { pause, host } = await open();
    await pause(call());
    await type('An"na');
    expect(note()).toMatch(/^Python sees\s+'An"na'$/);
    await fireEvent.keyDown(field(), { key: 'Enter', ctrlKey: true });
    expect(host.answers).toEqual(['"An\\"na"']);
  });

  it('is answered with an error', async () => {
    const { pause, host } = await open();
    await pause(call());
    await choose('Error');
    await type('TimeoutError', screen.getByLabelText('Type of the error'));
    await type('too late', screen.getByLabelText('Message of the error'));
    await press(/^Raise/);
    expect(host.answers).toEqual(['TimeoutError: too late']);
  });

  it.each([
    ['Reject', 'not found'],
    ['Later', 'later'],
  ])('can have the answer %s', async (name, said) => {
    const { pause, host } = await open('await ask("Who?")');
    await pause(call({ awaited: true }));
    await press(name);
    expect(host.answers).toEqual([said]);
  });

  it('is not left open where nothing awaits', async () => {
    const { pause } = await open();
    await pause(call());
    expect(screen.queryByRole('button', { name: 'Later' })).toBeNull();
  });

  it('says where JSON is wrong, once somebody answers so, and sends nothing', async () => {
    const { pause, host } = await open();
    await pause(call());
    await choose('JSON');
    const json = screen.getByLabelText('Answer to ask, in JSON');
    await type('', json);
    expect(note()).toBe('Python will see what is written here.');
    await press(/^Answer/);
    expect([note(), host.answers]).toEqual(['Enter a value.', []]);
    await type('[1,]', json);
    expect(note()).toBe('There is a comma too many (column 3).');
    expect(json.getAttribute('aria-invalid')).toBe('true');
  });

  it('keeps what was typed where the engine refuses it, and makes no rule of it', async () => {
    const { pause, host, bench } = await open();
    await pause(call());
    await choose('JSON');
    await type('5', screen.getByLabelText('Answer to ask, in JSON'));
    await press('Always answer so');
    expect(bench.workspace.policy.modes.ask).toMatchObject({ by: 'rule' });
    host.pause({ state: 'refused', code: 'badInput', message: 'ask() gives str, not int', reason: null });
    await settle();
    expect(note()).toBe('ask() gives str, not int');
    expect(screen.getByLabelText<HTMLTextAreaElement>('Answer to ask, in JSON').value).toBe('5');
    expect(bench.workspace.policy.modes).toEqual({});
    expect(bench.workspace.answers).toEqual({});
  });

  it('can make a rule of its answer', async () => {
    const { pause, host, bench } = await open();
    await pause(call());
    await type('Anna');
    await press('Always answer so');
    host.end(value('1'));
    await settle();
    expect(host.answers).toEqual(['"Anna"']);
    expect(bench.workspace.policy.modes.ask).toEqual({ by: 'rule', rule: { value: '"Anna"', error: null, delayMs: 0, failEvery: 0 } });
  });

  it('offers the last answers again', async () => {
    const { pause } = await open();
    await pause(call());
    await type('Anna');
    await press(/^Answer/);
    await pause(call({ callId: 1 }));
    expect(field().value).toBe('');
    await press("Use 'Anna' again");
    expect(field().value).toBe('Anna');
  });

  it('of a function that an extension has is typed by its schema', async () => {
    const { pause, bench } = await open();
    const schema = JSON.stringify({ parameters: { properties: { msg: {} } }, returns: { type: 'boolean' } });
    const described = { name: 'confirm', namespace: 'host', about: '', signature: 'confirm(msg: Any) -> bool', schema, available: true };
    bench.catalog.described = { extensions: [], functions: [described], stub: '', prompt: '' };
    await pause(call({ functionName: 'confirm' }));
    await choose('False');
    expect(screen.getByTestId('call').textContent).toContain('msg');
    expect(note()).toMatch(/^Python sees\s+False$/);
  });
});

describe('calls that were left open', () => {
  const GATHER = 'await asyncio.gather(ask("a"), ask("b"))';

  it('are listed with what they were, and each is answered or failed', async () => {
    const { pause, host } = await open(GATHER);
    await pause(call({ callId: 3, range: range(1, 22) }));
    expect(screen.getByTestId('call').textContent).toContain('It stands in a gather');
    await press(/^Later/);
    await pause(call({ callId: 4, range: range(1, 32), args: [{ json: '"b"', repr: "'b'" }] }));
    await press(/^Later/);
    await pause({ state: 'resolveFutures', callIds: [3, 4, 9] });
    expect(screen.getAllByRole('button', { pressed: false }).map(({ textContent }) => textContent?.trim())).toEqual(["4ask('b')", '9call 9']);
    await press(/ask\('b'\)/);
    await type('B');
    await press(/^Answer/);
    expect(host.answers.at(-1)).toBe('[{"callId":4,"json":"\\"B\\"","error":null}]');
    await pause({ state: 'resolveFutures', callIds: [3, 9] });
    await choose('Error');
    await press(/^Raise/);
    expect(host.answers.at(-1)).toBe('[{"callId":3,"json":null,"error":{"excType":"ValueError","message":""}}]');
  });
});

describe('a call in gather', () => {
  it.each([
    ['gather(ask())', 1, 8, true],
    ['asyncio.gather(a(1), [ask()])', 1, 23, true],
    ['gather(*[ask() for x in "()"])', 1, 10, true],
    ['gather(\n  a(),\n  ask())', 3, 3, true],
    ['gather(f(ask()))', 1, 10, false],
    ['gather(a())\nask()', 2, 1, false],
    ['x = ask()', 1, 5, false],
  ])('of %j at %i:%i: %s', (code, line, column, is) => expect(isInGather(code, range(line, column))).toBe(is));
});
