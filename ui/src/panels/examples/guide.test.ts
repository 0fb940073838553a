import { describe, expect, it } from 'vitest';
import { EXAMPLES, type Example } from '../../examples';
import { NO_POLICY } from '../../state/policy';
import { Settings } from '../../state/settings.svelte';
import { write } from '../../state/stored';
import { Workbench } from '../../state/workbench.svelte';
import { FakeHost, FakeStorage, settle, value } from '../../testing/fakeHost';
import { Guide, guideOf } from './guide.svelte';
import { pieces } from './pieces';

function open(policy = NO_POLICY) {
  const host = new FakeHost();
  const kept = write({ programs: [{ name: 'mine.py', code: 'mine' }], active: 0, policy, answers: {} });
  const bench = new Workbench(host, new Settings(new FakeStorage()), kept);
  return { host, bench, guide: new Guide(bench), names: () => bench.workspace.programs.map(({ name }) => name) };
}

function example(id: string): Example {
  const found = EXAMPLES.find((each) => each.id === id);
  if (!found) throw new Error(`there is no example ${id}`);
  return found;
}

describe('opening an example', () => {
  it('shows it in a tab beside what is open', () => {
    const { bench, guide, names } = open();
    guide.open(example('hello'));
    expect(names()).toEqual(['mine.py', 'hello.py']);
    expect(bench.workspace.program.code).toBe(example('hello').code);
    expect(guide.followed?.id).toBe('hello');
    expect(guide.seen).toBe('hello');
    expect(guide.next?.id).toBe('click');
  });

  it('shows the tab again that there is', () => {
    const { bench, guide, names } = open();
    guide.open(example('hello'));
    bench.workspace.show(bench.workspace.programs[0]?.id ?? -1);
    guide.open(example('hello'));
    expect(names()).toEqual(['mine.py', 'hello.py']);
    expect(bench.workspace.program.name).toBe('hello.py');
  });

  it('leaves one that was changed as it is, and takes another name', () => {
    const { bench, guide, names } = open();
    guide.open(example('hello'));
    bench.workspace.edit('changed');
    guide.open(example('hello'));
    expect(names()).toEqual(['mine.py', 'hello.py', 'hello-2.py']);
    expect(bench.workspace.programs.map(({ code }) => code)).toEqual(['mine', 'changed', example('hello').code]);
    guide.open(example('click'));
    guide.open(example('hello'));
    expect(names()).toEqual(['mine.py', 'hello.py', 'hello-2.py', 'click.py']);
    expect(bench.workspace.program.name).toBe('hello-2.py');
  });
});

describe('what an example needs', () => {
  it('is added and said', () => {
    const { bench, guide } = open();
    guide.open(example('retry'));
    expect(bench.workspace.policy.functions.map(({ name }) => name)).toEqual(['fetch_page']);
    expect(bench.workspace.policy.modes.fetch_page).toEqual({
      by: 'rule',
      rule: { value: '250', error: { excType: 'RuntimeError', message: 'the server is busy' }, delayMs: 40, failEvery: 3 },
    });
    expect(guide.provided).toEqual({
      added: ['Function `fetch_page`, answered by a rule: `250`, after 40 ms, RuntimeError at every third call'],
      left: [],
    });
    guide.open(example('permission'));
    expect(guide.provided.added).toEqual([
      'Function `pay`, answered by a rule: `"receipt 4711"`',
      'Permission: `pay` asks before each call',
    ]);
    expect(bench.workspace.policy.functions.map(({ name }) => name)).toEqual(['fetch_page', 'pay']);
  });

  it('is nothing new the second time', () => {
    const { guide } = open();
    guide.open(example('permission'));
    guide.open(example('permission'));
    expect(guide.provided).toEqual({ added: [], left: [] });
  });

  it('changes nothing that a person has decided, and says so', () => {
    const own = { name: 'pay', about: 'Mine.', params: [], returns: 'any' as const };
    const decided = {
      ...NO_POLICY,
      functions: [own],
      modes: { pay: { by: 'hand' as const } },
      permissions: { pay: 'deny' as const, open: 'ask' as const },
      environ: { A: 'b' },
    };
    const { bench, guide } = open(decided);
    guide.open(example('permission'));
    expect(bench.workspace.policy).toEqual(decided);
    expect(guide.provided.added).toEqual([]);
    expect(guide.provided.left).toEqual([
      'You have a function `pay` of your own; it was left as it is.',
      'You let `pay` be answered by hand; that was left as it is.',
      'You decided that `pay` is denied; that was left as it is.',
    ]);
  });

  it('sets limits, and sets them back when another one is opened or the list is seen', () => {
    const { bench, guide } = open();
    const texts = () => [bench.limits.time.text, bench.limits.memory.text];
    guide.open(example('endless'));
    expect(texts()).toEqual(['1500', '512']);
    expect(guide.lent).toEqual({ time: { was: '10000', is: '1500' } });
    guide.open(example('memory'));
    expect(texts()).toEqual(['10000', '64']);
    guide.close();
    expect(texts()).toEqual(['10000', '512']);
    expect(bench.settings.values.timeoutMs).toBe(10_000);
  });

  it('does not set a limit back that somebody has changed since', () => {
    const { bench, guide } = open();
    guide.open(example('endless'));
    bench.limits.time.text = '3000';
    guide.giveBack();
    expect(bench.limits.time.text).toBe('3000');
    expect(guide.lent).toEqual({});
  });
});

describe('running from the guide', () => {
  it('runs the example, also where another tab is seen', async () => {
    const { host, bench, guide } = open();
    guide.open(example('endless'));
    bench.workspace.show(bench.workspace.programs[0]?.id ?? -1);
    guide.run();
    await settle();
    expect(host.sources.map(({ cell, limits }) => [cell, limits?.timeoutMs])).toEqual([['endless.py', 1500]]);
    host.end(value('1'));
    await settle();
  });

  it('opens a tab again that was closed', async () => {
    const { host, bench, guide, names } = open();
    guide.open(example('hello'));
    bench.workspace.closeProgram(bench.workspace.active);
    guide.run();
    await settle();
    expect(names()).toEqual(['mine.py', 'hello.py']);
    expect(host.sources[0]?.code).toBe(example('hello').code);
  });

  it('runs what the example was changed to', async () => {
    const { host, bench, guide } = open();
    guide.open(example('hello'));
    bench.workspace.edit('changed');
    guide.run();
    await settle();
    expect(host.sources[0]?.code).toBe('changed');
  });
});

it('keeps the place of a reader while the panel is away', () => {
  const { bench } = open();
  guideOf(bench).open(example('hello'));
  expect(guideOf(bench).followed?.id).toBe('hello');
  expect(guideOf(open().bench).followed).toBeNull();
});

it.each([
  ['plain', [{ text: 'plain', code: false }]],
  ['`a` and `b`', [{ text: 'a', code: true }, { text: ' and ', code: false }, { text: 'b', code: true }]],
])('%j is %j', (text, expected) => expect(pieces(text)).toEqual(expected));
