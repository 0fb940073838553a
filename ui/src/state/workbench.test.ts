import { describe, expect, it } from 'vitest';
import type { Dropped } from '../host/host';
import { FakeHost, FakeStorage, settle } from '../testing/fakeHost';
import { toBase64 } from '../text/base64';
import { find } from './found';
import { Recent } from './search';
import { Settings } from './settings.svelte';
import { Workbench } from './workbench.svelte';

const dropped = (grant: number, name: string, size = 3): Dropped => ({ grant, name, size });
const names = ({ workspace }: Workbench) => workspace.programs.map(({ name }) => name);

function open(host = new FakeHost()) {
  host.readProgram = async (grant) => ({ grant: Number(grant), name: `${String(grant)}.py`, code: `# ${String(grant)}` });
  host.readData = async (grant) => toBase64(new TextEncoder().encode(`n${grant}!`));
  return { host, bench: new Workbench(host, new Settings(new FakeStorage()), null) };
}

describe('files that come to the window', () => {
  it('are programs to be edited, or files for programs to find', async () => {
    const { bench } = open();
    await bench.take([dropped(1, 'a.PY'), dropped(2, 'data.csv'), dropped(3, 'logo.png')]);
    expect(names(bench)).toEqual([names(bench)[0], '1.py']);
    expect(bench.files.list).toEqual([
      { path: '/data.csv', data: toBase64(new TextEncoder().encode('n2!')), size: 3 },
      { path: '/logo.png', data: toBase64(new TextEncoder().encode('n3!')), size: 3 },
    ]);
    expect(bench.settings.values.side).toBe('files');
    expect(bench.told?.text).toBe('Programs find 2 files');
    expect(bench.notice).toBeNull();
  });

  it('are refused where they do not fit, before they are read', async () => {
    const { bench, host } = open();
    host.readData = () => Promise.reject(new Error('nobody asks for it'));
    await bench.take([dropped(1, 'big.bin', 9 * 1024 * 1024)]);
    expect(bench.files.problem).toBe('big.bin (9 MB) does not fit: 8 MB of 8 MB are left.');
    expect(bench.settings.values.side).toBe('files');
    expect(bench.told).toBeNull();
  });
});

describe('a program that is opened again', () => {
  it('is shown in its tab, as it is on disk unless it was changed here', async () => {
    const { bench, host } = open();
    await bench.take([dropped(7, 'a.py')]);
    host.readProgram = async () => ({ grant: 7, name: 'a.py', code: 'new' });
    await bench.take([dropped(7, 'a.py')]);
    expect(bench.workspace.programs).toHaveLength(2);
    expect(bench.workspace.program.code).toBe('new');
    bench.workspace.edit('mine');
    await bench.take([dropped(7, 'a.py')]);
    expect(bench.workspace.programs).toHaveLength(2);
    expect(bench.workspace.program.code).toBe('mine');
  });
});

describe('recent programs', () => {
  it('are found by name, opened, and leave the list when they are gone', async () => {
    const host = new FakeHost();
    let list = [
      { number: 4, name: 'notes.py', folder: '~/work' },
      { number: 2, name: 'old.py', folder: '/srv' },
    ];
    host.recent = {
      list: async () => list,
      open: async (number) => {
        if (number === 4) return { grant: 1, name: 'notes.py', code: '1' };
        list = list.filter((each) => each.number !== number);
        throw new Error('old.py is no longer in /srv, so it has left the list');
      },
    };
    const { bench } = open(host);
    await settle();
    const sought = (text: string) => find(bench, text, new Recent(new FakeStorage())).filter(({ kind }) => kind.startsWith('Recent'));
    expect(sought('')).toEqual([]);
    expect(sought('notes').map(({ title, kind }) => `${title}: ${kind}`)).toEqual(['notes.py: Recent, in ~/work']);
    sought('notes')[0]?.act();
    await settle();
    expect(bench.workspace.program.name).toBe('notes.py');
    await bench.openRecent(2);
    expect(bench.notice).toBe('The file could not be opened: old.py is no longer in /srv, so it has left the list.');
    await settle();
    expect(bench.recent.list.map(({ name }) => name)).toEqual(['notes.py']);
  });
});
