import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer, Opened, Session, Variable } from '../host/host';
import { FakeHost, settle, value } from '../testing/fakeHost';
import { RunSession } from './session.svelte';
import { type MoreRow, type Row, type ValueRow, Variables } from './variables.svelte';

const PAGE = 3;

/** A host whose sessions have these values; objects and lists can be opened. */
class ValuesHost extends FakeHost {
  values: Record<string, unknown> = {};
  asked: { open: Opened[]; from: number }[] = [];
  refusal: string | null = null;
  gates: Promise<void>[] = [];

  override async openSession(...args: Parameters<FakeHost['openSession']>): Promise<Session> {
    const variables = async (_: number | null, open: Opened[], from: number): Promise<Answer> => {
      this.asked.push({ open, from });
      await this.gates.shift();
      if (this.refusal !== null) return { state: 'refused', code: 'unsupported', message: this.refusal, reason: null };
      let now: unknown = this.values;
      for (const step of open) now = parts(now)[typeof step === 'number' ? step : parts(now).findIndex(([name]) => name === step)]?.[1];
      const all = parts(now).map(([name, part], step) => variable(name, part, open.length > 0 ? step : null));
      return { state: 'variables', variables: all.slice(from, from + PAGE), total: all.length };
    };
    return { ...(await super.openSession(...args)), variables };
  }
}

function parts(of: unknown): [string, unknown][] {
  return typeof of === 'object' && of !== null ? Object.entries(of) : [];
}

function variable(name: string, of: unknown, step: number | null): Variable {
  const isContainer = typeof of === 'object' && of !== null;
  return { name, type: typeof of, preview: JSON.stringify(of), size: isContainer ? parts(of).length : null, step, opens: isContainer };
}

function open(values: Record<string, unknown>) {
  const host = new ValuesHost();
  host.values = values;
  const session = new RunSession(host);
  return { host, session, variables: new Variables(session) };
}

async function looked(values: Record<string, unknown>) {
  const opened = open(values);
  await opened.variables.refresh();
  return opened;
}

const told = (rows: readonly Row[]) =>
  rows.map((row) => (row.kind === 'more' ? `${'  '.repeat(row.level - 1)}… ${row.loaded}/${row.total}` : `${'  '.repeat(row.level - 1)}${row.variable.name}=${row.variable.preview}`));
const marked = (rows: readonly Row[]) => Object.fromEntries(rows.flatMap((row) => (row.kind === 'value' && row.mark ? [[row.variable.name, row.mark]] : [])));

function at(variables: Variables, name: string): ValueRow {
  const row = variables.rows.find((each) => each.kind === 'value' && each.variable.name === name);
  if (row?.kind !== 'value') throw new Error(`there is no ${name}`);
  return row;
}

function more(variables: Variables): MoreRow {
  const row = variables.rows.findLast((each) => each.kind === 'more');
  if (row?.kind !== 'more') throw new Error('there is no more');
  return row;
}

afterEach(() => void vi.useRealTimers());

describe('the tree', () => {
  it('has the names, and what is in those that are opened', async () => {
    const { host, variables } = await looked({ a: 1, b: { x: { y: 2 } } });
    expect(told(variables.rows)).toEqual(['a=1', 'b={"x":{"y":2}}']);
    await variables.toggle(at(variables, 'b'));
    await variables.toggle(at(variables, 'x'));
    expect(told(variables.rows)).toEqual(['a=1', 'b={"x":{"y":2}}', '  x={"y":2}', '    y=2']);
    expect(host.asked.at(-1)).toEqual({ open: ['b', 0], from: 0 });
    await variables.toggle(at(variables, 'b'));
    expect(told(variables.rows)).toEqual(['a=1', 'b={"x":{"y":2}}']);
  });

  it('asks for nothing where there are no parts', async () => {
    const { host, variables } = await looked({ a: 1 });
    await variables.toggle(at(variables, 'a'));
    expect(host.asked).toHaveLength(1);
  });

  it('comes in pages, and a look takes as many as there were', async () => {
    const { host, variables } = await looked({ a: [1, 2, 3, 4, 5, 6, 7] });
    await variables.toggle(at(variables, 'a'));
    expect(told(variables.rows).at(-1)).toBe('  … 3/7');
    await variables.more(more(variables));
    expect(told(variables.rows).at(-1)).toBe('  … 6/7');
    await variables.refresh();
    expect(told(variables.rows).at(-1)).toBe('  … 6/7');
    await variables.more(more(variables));
    expect(told(variables.rows).at(-1)).toBe('  6=7');
    expect(host.asked.map(({ from }) => from)).toEqual([0, 0, 3, 0, 0, 3, 6]);
  });

  it('closes what is gone, or has become something without parts', async () => {
    const { host, variables } = await looked({ a: { x: { y: 1 } }, b: [1] });
    for (const name of ['a', 'x', 'b']) await variables.toggle(at(variables, name));
    host.values = { a: { x: 5 } };
    await variables.refresh();
    expect(told(variables.rows)).toEqual(['a={"x":5}', '  x=5']);
    expect(variables.problem).toBeNull();
  });

  it.each([
    ['ada', ['user={"name":"ada","age":36}', '  name="ada"']],
    ['USER', ['user={"name":"ada","age":36}', '  name="ada"', '  age=36']],
    ['nothing', []],
    ['', ['user={"name":"ada","age":36}', '  name="ada"', '  age=36', 'n=1']],
  ])('shows for %j what fits, and what that is in', async (filter, expected) => {
    const { variables } = await looked({ user: { name: 'ada', age: 36 }, n: 1 });
    await variables.toggle(at(variables, 'user'));
    variables.filter = filter;
    expect(told(variables.rows)).toEqual(expected);
  });
});

describe('marks', () => {
  it('are on what changed since the last look, and go with the next', async () => {
    const { host, variables } = await looked({ a: 1, b: { x: 1 }, c: 3 });
    expect(marked(variables.rows)).toEqual({});
    await variables.toggle(at(variables, 'b'));
    host.values = { a: 1, b: { x: 2, z: 3 } };
    await variables.refresh();
    expect(marked(variables.rows)).toEqual({ b: 'changed', x: 'changed', z: 'new' });
    await variables.refresh();
    expect(marked(variables.rows)).toEqual({});
  });

  it('are on no name where there was none', async () => {
    const { host, variables } = await looked({});
    host.values = { a: 1 };
    await variables.refresh();
    expect(told(variables.rows)).toEqual(['a=1']);
    expect(marked(variables.rows)).toEqual({});
  });

  it('are not on what was there, but not seen', async () => {
    const { variables } = await looked({ a: [1, 2, 3, 4] });
    await variables.toggle(at(variables, 'a'));
    await variables.more(more(variables));
    expect(marked(variables.rows)).toEqual({});
  });
});

describe('a look', () => {
  it('is never taken while a program computes', async () => {
    const { host, session, variables } = await looked({ a: 1 });
    void session.run({ code: 'f()' });
    await settle();
    expect(variables.readable).toBe(false);
    await variables.refresh();
    await variables.toggle(at(variables, 'a'));
    expect(host.asked).toHaveLength(1);
    expect(told(variables.rows)).toEqual(['a=1']);
    host.tell([{ event: 'waiting', functionName: 'el_recv', callId: 1, handles: [], range: null }]);
    await variables.refresh();
    expect(host.asked).toHaveLength(2);
    expect(variables.moment).toBe('while el_recv waits');
  });

  it('says at which call a program is', async () => {
    const { host, session, variables } = await looked({ a: 1 });
    expect(variables.moment).toBe('at rest');
    void session.run({ code: 'f()' });
    await settle();
    host.pause({ state: 'pending', functionName: 'fetch', args: [], kwargs: [], callId: 3, awaited: false, range: null });
    await settle();
    await variables.refresh();
    expect(variables.moment).toBe('at the call of fetch');
  });

  it('says why there is none, and goes on with the next', async () => {
    const { host, variables } = await looked({ a: 1 });
    host.refusal = 'too large';
    await variables.refresh();
    expect(variables.problem).toBe('too large');
    expect(variables.looking).toBe(false);
    host.refusal = null;
    await variables.refresh();
    expect(variables.problem).toBeNull();
  });

  it('that was overtaken by a program is no failure', async () => {
    const { host, session, variables } = await looked({ a: 1 });
    let release = (): void => undefined;
    host.gates = [new Promise((resolve) => (release = resolve))];
    const look = variables.refresh();
    await settle();
    void session.run({ code: 'f()' });
    await settle();
    host.refusal = 'a program runs';
    release();
    await look;
    expect(variables.problem).toBeNull();
    host.end(value('1'));
  });

  it('that nobody answers ends, and says so', async () => {
    vi.useFakeTimers();
    const { host, variables } = await looked({ a: 1 });
    host.gates = [new Promise(() => undefined)];
    const look = variables.refresh();
    await vi.advanceTimersByTimeAsync(8000);
    await look;
    expect(variables.problem).toBe('The session did not answer.');
    expect(variables.looking).toBe(false);
  });

  it('wished for again and again is taken twice: now, and once more for what came meanwhile', async () => {
    const { host, variables } = open({ a: 1 });
    let release = (): void => undefined;
    host.gates = [new Promise((resolve) => (release = resolve))];
    const looks = [variables.refresh(), variables.refresh(), variables.refresh()];
    await settle();
    release();
    await Promise.all(looks);
    expect(host.asked).toHaveLength(2);
  });

  it('soon after another waits a little', async () => {
    vi.useFakeTimers();
    const { host, variables } = await looked({ a: 1 });
    variables.look();
    variables.look();
    await vi.advanceTimersByTimeAsync(100);
    expect(host.asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(300);
    expect(host.asked).toHaveLength(2);
    variables.look();
    variables.rest();
    await vi.advanceTimersByTimeAsync(300);
    expect(host.asked).toHaveLength(2);
  });
});
