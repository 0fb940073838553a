import { describe, expect, it } from 'vitest';
import type { Answer, Session } from '../host/host';
import { FakeHost, FakeStorage } from '../testing/fakeHost';
import { Settings } from './settings.svelte';
import { Workbench } from './workbench.svelte';

/** A host whose sessions describe the functions that they were told of last, and took. */
class CatalogHost extends FakeHost {
  refusal: string | null = null;
  /** The next question finds its session lost. */
  isLost = false;

  override async openSession(...args: Parameters<FakeHost['openSession']>): Promise<Session> {
    const session = await super.openSession(...args);
    let own: string[] = [];
    return {
      ...session,
      configure: async (settings): Promise<Answer> => {
        await session.configure(settings);
        const { functions }: { functions: { name: string }[] } = JSON.parse(settings);
        if (functions.some(({ name }) => name === this.refusal)) return { state: 'refused', code: 'badInput', message: 'no', reason: null };
        own = functions.map(({ name }) => name);
        return { state: 'configured' };
      },
      describe: async () => {
        if (this.isLost) throw new Error('gone');
        const functions = own.map((name) => ({ name, namespace: 'own', about: '', signature: `${name}()`, schema: '{}', available: true }));
        return { state: 'described', described: { extensions: [], functions, stub: '', prompt: '' } };
      },
    };
  }
}

function open() {
  const host = new CatalogHost();
  const bench = new Workbench(host, new Settings(new FakeStorage()), null);
  bench.workspace.decide({ functions: [] });
  const declare = (name: string) => bench.workspace.declare({ name, about: '', params: [], returns: 'any' }, name);
  const names = () => bench.catalog.described?.functions.map(({ name }) => name);
  return { host, bench, catalog: bench.catalog, declare, names };
}

describe('the functions that there are', () => {
  it('are asked for where problems are, in one session', async () => {
    const { host, bench, catalog, declare, names } = open();
    await bench.aside.ask((session) => session.diagnose('x ='));
    await catalog.refresh();
    declare('ask');
    await catalog.refresh();
    expect(names()).toEqual(['ask']);
    expect([host.opened, host.closed]).toEqual([1, 0]);
    bench.close();
    await Promise.resolve();
    expect(host.closed).toBe(1);
  });

  it('are those of the last of several changes', async () => {
    const { catalog, declare, names } = open();
    declare('one');
    const first = catalog.refresh();
    declare('two');
    await Promise.all([first, catalog.refresh()]);
    expect(names()).toEqual(['one', 'two']);
  });

  it('are none of a person while what was decided is refused', async () => {
    const { host, catalog, declare, names } = open();
    declare('ask');
    await catalog.refresh();
    host.refusal = 'len';
    declare('len');
    await catalog.refresh();
    expect([catalog.problem, names()]).toEqual(['no', []]);
    host.refusal = null;
    await catalog.refresh();
    expect([catalog.problem, names()]).toEqual([null, ['ask', 'len']]);
  });

  it('are asked for in a new session where one was lost', async () => {
    const { host, catalog, names } = open();
    host.isLost = true;
    await catalog.refresh();
    expect(catalog.problem).toBe('gone');
    host.isLost = false;
    await catalog.refresh();
    expect([catalog.problem, names()]).toEqual([null, []]);
    expect([host.opened, host.closed]).toEqual([2, 1]);
  });
});
