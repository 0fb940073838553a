import { describe, expect, it } from 'vitest';
import type { Answer, Session } from '../host/host';
import { FakeHost, FakeStorage, cancelled, exception, frame, settle, value } from '../testing/fakeHost';
import { Settings } from './settings.svelte';
import { Workbench } from './workbench.svelte';

/** A host whose sessions tell of a text whether it is finished. */
class PromptHost extends FakeHost {
  continued: string[] = [];
  oncontinuation: (code: string) => Promise<Answer> = async () => ({ state: 'continuation', mode: 'complete' });

  override async openSession(...args: Parameters<FakeHost['openSession']>): Promise<Session> {
    const continuation = (code: string) => {
      this.continued.push(code);
      return this.oncontinuation(code);
    };
    return { ...(await super.openSession(...args)), continuation };
  }
}

function open() {
  const host = new PromptHost();
  const bench = new Workbench(host, new Settings(new FakeStorage()), null);
  return { host, bench, prompt: bench.prompt, session: bench.session };
}

async function enter(code: string) {
  const opened = open();
  const entered = await opened.prompt.enter(code);
  await settle();
  return { ...opened, entered };
}

const lines = ({ session }: ReturnType<typeof open>) => session.output.slice(0, 99).map(({ stream, text }) => [stream, text]);

describe('a text of the prompt', () => {
  it('runs with the names that there are, in the terms of the window', async () => {
    const { host, entered } = await enter('x + 1');
    expect(entered).toBe('ran');
    const [source] = host.sources;
    expect(source).toMatchObject({ code: 'x + 1', cell: '<prompt>', limits: { timeoutMs: 10_000 } });
    expect(source?.fresh).toBeFalsy();
    expect(source?.extensions).toContain('el');
    expect(host.settings).toHaveLength(1);
  });

  it('is told the same as a program, so that neither is told it again after the other', async () => {
    const { host, bench, prompt } = open();
    bench.files.write('/data.csv', '1,2');
    for (const begin of [bench.run, () => prompt.enter('x'), bench.run, () => prompt.enter('y')]) {
      await begin();
      await settle();
      host.end(value('None'));
      await settle();
    }
    expect(host.sources).toHaveLength(4);
    expect(host.settings).toHaveLength(1);
    expect(JSON.parse(host.settings[0] ?? '')).toMatchObject({ files: { '/data.csv': 'MSwy' } });
    bench.files.write('/data.csv', '3');
    await prompt.enter('z');
    await settle();
    expect(host.settings).toHaveLength(2);
  });

  it.each([
    ['(1,', 'incompleteImplicit', 'more'],
    ['for i in x:', 'incompleteBlock', 'more'],
    ['for i in x: # why:', 'incompleteBlock', 'more'],
    ['x # why:', 'complete', 'ran'],
    ['1 +', 'complete', 'ran'],
    ['for i in x: print(i)', 'complete', 'ran'],
    ['for i in x:\n    print(i)', 'complete', 'more'],
    ['for i in x:\n    print(i)\n', 'complete', 'ran'],
    ['for i in x:\n    print(i)\n    ', 'complete', 'ran'],
    ['a = (1,\n2)', 'complete', 'ran'],
    ['max(4,\n    5)', 'complete', 'ran'],
    ['   ', 'complete', 'kept'],
    ['', 'complete', 'kept'],
  ] as const)('%j, which is %s, comes to: %s', async (code, mode, expected) => {
    const { host, prompt } = open();
    host.oncontinuation = async () => ({ state: 'continuation', mode });
    expect(await prompt.enter(code)).toBe(expected);
    await settle();
    expect(host.sources).toHaveLength(expected === 'ran' ? 1 : 0);
  });

  it('runs, and says itself what is wrong, where the session cannot tell', async () => {
    const { host, prompt } = open();
    host.oncontinuation = () => Promise.reject(new Error('gone'));
    expect(await prompt.enter('x')).toBe('ran');
  });

  it('is kept while a program runs, without a question', async () => {
    const { host, prompt, session } = open();
    void session.run({ code: 'wait()' });
    await settle();
    expect(prompt.off).toContain('A program runs.');
    expect(await prompt.enter('1')).toBe('kept');
    expect(host.continued).toEqual([]);
    host.end(value('None'));
    await settle();
    expect(prompt.off).toBeNull();
  });

  it('is kept if a program has begun meanwhile', async () => {
    const { host, prompt, session } = open();
    host.oncontinuation = async () => {
      void session.run({ code: 'wait()' });
      return { state: 'continuation', mode: 'complete' };
    };
    expect(await prompt.enter('1')).toBe('kept');
    await settle();
    expect(host.sources.map(({ code }) => code)).toEqual(['wait()']);
    expect(prompt.history).toEqual([]);
  });

  it('is kept while a limit is wrong', async () => {
    const { host, bench, prompt } = open();
    bench.limits.time.text = 'x';
    expect(prompt.off).toContain('limit');
    expect(await prompt.enter('1')).toBe('kept');
    expect(host.sources).toEqual([]);
  });
});

describe('what is shown of it', () => {
  it('is the text, what it prints and its value', async () => {
    const opened = await enter('for i in x:\n    print(i)\n');
    opened.host.print('1\n');
    opened.host.end(value('[1,\n 2]'));
    await settle();
    expect(lines(opened)).toEqual([
      ['echo', '>>> for i in x:'],
      ['echo', '...     print(i)'],
      ['stdout', '1'],
      ['result', '[1,'],
      ['result', ' 2]'],
    ]);
  });

  it('is no None, and no ending of before twice', async () => {
    const opened = open();
    void opened.session.run({ code: '6 * 7' });
    await settle();
    opened.host.end(value('42'));
    await settle();
    for (const reply of [value('None'), value('3')]) {
      await opened.prompt.enter('f()');
      await settle();
      opened.host.end(reply);
      await settle();
    }
    expect(lines(opened)).toEqual([['result', '42'], ['echo', '>>> f()'], ['echo', '>>> f()'], ['result', '3']]);
  });

  it.each([
    [exception('ZeroDivisionError', 'division by zero', [frame(3, 1, 4, { filename: '<prompt>' })]), 'ZeroDivisionError: division by zero (<prompt>, line 3)'],
    [cancelled(), 'Stopped: the run was stopped'],
  ])('of an ending that another text follows is one line', async (reply, told) => {
    const opened = await enter('f()');
    opened.host.end(reply);
    await settle();
    expect(lines(opened)).toEqual([['echo', '>>> f()']]);
    await opened.prompt.enter('2');
    expect(lines(opened)).toEqual([['echo', '>>> f()'], ['error', told], ['echo', '>>> 2']]);
  });

  it('goes with the next run, but the history stays', async () => {
    const opened = await enter('1');
    opened.host.end(value('1'));
    await settle();
    void opened.session.run({ code: 'print(1)' });
    await settle();
    expect(lines(opened)).toEqual([]);
    expect(opened.prompt.history).toEqual(['1']);
  });
});

describe('the history', () => {
  async function filled(...codes: string[]) {
    const { host, prompt } = open();
    for (const code of codes) {
      await prompt.enter(code);
      await settle();
      host.end(value('None'));
      await settle();
    }
    return prompt;
  }

  it('goes back and forth, and gives back what was being typed', async () => {
    const prompt = await filled('a', 'b');
    expect(prompt.newer('draft')).toBeNull();
    expect(prompt.older('draft')).toBe('b');
    expect(prompt.older('b')).toBe('a');
    expect(prompt.older('a')).toBeNull();
    expect(prompt.newer('a')).toBe('b');
    expect(prompt.newer('b')).toBe('draft');
    expect(prompt.newer('draft')).toBeNull();
  });

  it('has no text twice in a row, and ends at a bound', async () => {
    expect((await filled('a', 'a', 'b', 'a')).history).toEqual(['a', 'b', 'a']);
    const many = await filled(...Array.from({ length: 503 }, (_, index) => `${index}`));
    expect(many.history).toHaveLength(500);
    expect(many.history[0]).toBe('3');
  });
});
