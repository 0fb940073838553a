import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeHost } from '../testing/fakeHost';
import { NO_POLICY, settingsOf, type Policy, type Rule } from './policy';
import { SAMPLE } from './sample';
import { read, write, type Stored } from './stored';
import { Workspace } from './workspace.svelte';

const POLICY: Policy = {
  functions: [{ name: 'ask', about: 'Asks.', params: [{ name: 'question', type: 'string', default: '"?"' }], returns: 'string' }],
  modes: {
    ask: { by: 'rule', rule: { value: '5.0', error: null, delayMs: 20, failEvery: 0 } },
    dom_text: { by: 'hand' },
    now: { by: 'recording', answers: ['1', '{"a": 2.0}'] },
  },
  permissions: { 'dom_*': 'ask', 'os.': 'deny' },
  rateLimits: { 'dom_*': 3, now: 0 },
  environ: { HOME: '/' },
  fetch: ['example.org'],
};

describe('a workspace as it is kept', () => {
  it('is read as it was written', () => {
    const stored: Stored = {
      programs: [{ name: 'a.py', code: 'x' }, { name: 'b.py', code: '' }],
      active: 1,
      policy: POLICY,
      answers: { ask: [{ value: '5.0', error: null }, { value: null, error: { excType: 'ValueError', message: '' } }] },
    };
    expect(read(write(stored))).toEqual(stored);
  });

  it.each(['', '{', '[]', 'null', '{"programs":[]}', '{"programs":[{"name":1}]}'])('is of no use as %j', (json) => {
    expect(read(json)).toBeNull();
  });

  it('keeps the sound parts beside broken ones', () => {
    const json = JSON.stringify({
      programs: [{ name: 'a.py', code: 'x' }, 7],
      active: 9,
      answers: { ask: [{ value: 'no JSON' }, { value: '1' }, 7], other: 3 },
      policy: { functions: [{ name: 3 }, { name: 'f', returns: 'cake' }], modes: { f: { by: 'magic' }, g: { by: 'hand' } }, permissions: 'no', rateLimits: { f: 3, g: 0, h: -1, i: 1.5, j: '2', k: null } },
    });
    expect(read(json)).toEqual({
      programs: [{ name: 'a.py', code: 'x' }],
      active: 0,
      policy: { ...NO_POLICY, functions: [{ name: 'f', about: '', params: [], returns: 'any' }], modes: { g: { by: 'hand' } }, rateLimits: { f: 3, g: 0 } },
      answers: { ask: [{ value: '1', error: null }], other: [] },
    });
  });
});

describe('the settings of a session', () => {
  it('say what was decided, and values as they were written', () => {
    const said = settingsOf(POLICY);
    expect(said).toContain('"value":5.0');
    expect(said).toContain('{"a": 2.0}');
    expect(JSON.parse(said)).toEqual({
      functions: [{ name: 'ask', about: 'Asks.', params: [{ name: 'question', type: 'string', default: '?' }], returns: 'string' }],
      modes: { ask: { by: 'rule', value: 5, delayMs: 20 }, dom_text: { by: 'hand' }, now: { by: 'recording', answers: [1, { a: 2 }] } },
      permissions: { 'dom_*': 'ask', 'os.': 'deny' },
      rateLimits: { 'dom_*': 3, now: 0 },
      environ: { HOME: '/' },
      fetch: ['example.org'],
    });
  });

  it('say an error instead of a value', () => {
    const error = { excType: 'ValueError', message: 'no' };
    const said = (part: Partial<Rule>) => {
      const rule = { value: null, error: null, delayMs: 0, failEvery: 0, ...part };
      return JSON.parse(settingsOf({ ...NO_POLICY, modes: { f: { by: 'rule', rule } } })).modes.f;
    };
    expect(said({ value: '1', error })).toEqual({ by: 'rule', error });
    expect(said({ value: '1', error, failEvery: 3 })).toEqual({ by: 'rule', value: 1, error, failEvery: 3 });
    expect(said({ value: 'null', failEvery: 3 })).toEqual({ by: 'rule', value: null });
    expect(said({ delayMs: 20 })).toEqual({ by: 'rule', delayMs: 20 });
  });
});

describe('Workspace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const one = (code = '1') => write({ programs: [{ name: 'main.py', code }], active: 0, policy: NO_POLICY });
  const names = ({ programs }: Workspace) => programs.map(({ name }) => name);

  it('begins with a sample and the function that it needs', () => {
    const workspace = new Workspace(new FakeHost(), null);
    expect(workspace.program.code).toBe(SAMPLE);
    expect(workspace.policy.functions.map(({ name }) => name)).toEqual(['ask']);
  });

  it('is kept once for many changes, within half a second of the first', () => {
    const host = new FakeHost();
    const workspace = new Workspace(host, one());
    for (const code of ['2', '23', '234']) {
      workspace.edit(code);
      vi.advanceTimersByTime(50);
    }
    expect(host.kept).toHaveLength(0);
    vi.advanceTimersByTime(400);
    expect(host.kept).toHaveLength(1);
    expect(read(host.kept[0] ?? '')?.programs).toEqual([{ name: 'main.py', code: '234' }]);
  });

  it('says that it could not be kept, until it could', async () => {
    const host = new FakeHost();
    const kept = host.saveWorkspace;
    host.saveWorkspace = () => Promise.reject(new Error('the disk is full'));
    const workspace = new Workspace(host, one());
    workspace.edit('2');
    await vi.advanceTimersByTimeAsync(500);
    expect(workspace.problem).toBe('the disk is full');
    host.saveWorkspace = kept;
    workspace.edit('3');
    await vi.advanceTimersByTimeAsync(500);
    expect(workspace.problem).toBeNull();
  });

  it('opens, shows and closes programs, and is never empty', () => {
    const workspace = new Workspace(new FakeHost(), one());
    workspace.add();
    workspace.open({ name: 'b.py', code: 'b', grant: 4 });
    workspace.open({ name: 'main.py', code: '1', grant: null });
    expect(names(workspace)).toEqual(['main.py', 'program-1.py', 'b.py']);
    expect(workspace.program.name).toBe('main.py');
    const b = workspace.programs[2];
    workspace.show(b?.id ?? 0);
    expect(workspace.closeProgram(b?.id ?? 0)).toMatchObject({ name: 'b.py', code: 'b' });
    expect(workspace.program.name).toBe('program-1.py');
    for (const { id } of workspace.programs) workspace.closeProgram(id);
    expect(names(workspace)).toEqual(['main.py']);
    expect(workspace.program.code).toBe('');
  });

  it('opens again what was closed, as it was and where it stood', () => {
    const workspace = new Workspace(new FakeHost(), one());
    workspace.open({ name: 'b.py', code: 'b', grant: 4 });
    workspace.open({ name: 'c.py', code: 'c', grant: null });
    const b = workspace.programs[1];
    workspace.closeProgram(b?.id ?? 0);
    workspace.closeProgram(workspace.active);
    workspace.reopen();
    expect(names(workspace)).toEqual(['main.py', 'c.py']);
    workspace.reopen();
    expect(names(workspace)).toEqual(['main.py', 'b.py', 'c.py']);
    expect(workspace.program).toEqual(b);
    workspace.reopen();
    expect(names(workspace)).toEqual(['main.py', 'b.py', 'c.py']);
  });

  it('puts the last program back in the place of the empty one that stood in for it', () => {
    const workspace = new Workspace(new FakeHost(), one('mine'));
    workspace.closeProgram(workspace.active);
    expect(workspace.program.code).toBe('');
    workspace.reopen();
    expect(workspace.programs.map(({ code }) => code)).toEqual(['mine']);
  });

  it.each([
    [0, 2, ['b.py', 'c.py', 'main.py']],
    [2, 0, ['c.py', 'main.py', 'b.py']],
    [1, 1, ['main.py', 'b.py', 'c.py']],
    [1, 3, ['main.py', 'b.py', 'c.py']],
    [1, -1, ['main.py', 'b.py', 'c.py']],
  ])('moves the program at %i to %i', (from, to, expected) => {
    const workspace = new Workspace(new FakeHost(), one());
    for (const name of ['b.py', 'c.py']) workspace.open({ name, code: name, grant: null });
    workspace.move(workspace.programs[from]?.id ?? 0, to);
    expect(names(workspace)).toEqual(expected);
  });

  it('marks what differs from its file', () => {
    const workspace = new Workspace(new FakeHost(), one());
    workspace.edit('2');
    expect(workspace.program.changed).toBe(true);
    workspace.saved(workspace.active, 'mine.py', 3);
    expect(workspace.program).toMatchObject({ name: 'mine.py', grant: 3, changed: false });
    workspace.rename(workspace.active, ' other.py ');
    expect(workspace.program).toMatchObject({ name: 'other.py', grant: null });
    workspace.rename(workspace.active, '  ');
    expect(workspace.program.name).toBe('other.py');
  });

  it('keeps functions, who answers them and who may call', () => {
    const workspace = new Workspace(new FakeHost(), one());
    const own = { name: 'f', about: '', params: [], returns: 'any' } as const;
    workspace.declare({ ...own, params: [] });
    workspace.declare({ ...own, params: [], name: 'g' }, 'f');
    workspace.declare({ ...own, params: [], name: 'h' });
    workspace.answerBy('h', { by: 'hand' });
    workspace.remember('h', { value: '1', error: null });
    workspace.declare({ ...own, params: [], name: 'i' }, 'h');
    expect(workspace.policy).toMatchObject({ functions: [{ name: 'g' }, { name: 'i' }], modes: { i: { by: 'hand' } } });
    expect(Object.keys(workspace.answers)).toEqual(['i']);
    workspace.forget('i');
    workspace.answerBy('g', { by: 'hand' });
    workspace.permit('dom_*', 'deny');
    expect(workspace.policy).toMatchObject({ functions: [{ name: 'g' }], modes: { g: { by: 'hand' } }, permissions: { 'dom_*': 'deny' } });
    workspace.permit('dom_*', null);
    workspace.forget('g');
    expect(workspace.policy).toEqual(NO_POLICY);
  });

  it('keeps the last five answers of a function, each once', () => {
    const host = new FakeHost();
    const workspace = new Workspace(host, one());
    const values = () => workspace.answers.ask?.map(({ value, error }) => value ?? error?.excType);
    for (const value of ['1', '2', '3', '1', '4', '5']) workspace.remember('ask', { value, error: null });
    expect(values()).toEqual(['5', '4', '1', '3', '2']);
    workspace.remember('ask', { value: null, error: { excType: 'ValueError', message: '' } });
    workspace.remember('ask', { value: `"${'x'.repeat(30_000)}"`, error: null });
    expect(values()).toEqual(['ValueError', '5', '4', '1', '3']);
    workspace.flush();
    expect(new Workspace(host, host.kept.at(-1) ?? null).answers).toEqual(workspace.answers);
  });
});
