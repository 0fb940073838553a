import { describe, expect, it } from 'vitest';
import type { MountMode, MountedFolder } from '../host/host';
import { FakeHost, FakeStorage } from '../testing/fakeHost';
import { Files } from './files.svelte';
import { Folders } from './folders.svelte';
import { MemoryKeep } from './keep';
import { Settings } from './settings.svelte';
import { Workbench } from './workbench.svelte';

/** A host with one folder that can be chosen; what it refuses is up to the test. */
class FakeFolders {
  folders: MountedFolder[];
  next = 10;
  refusal: string | null = null;

  constructor(...folders: MountedFolder[]) {
    this.folders = folders;
  }

  list = async () => this.folders;
  choose = async () => ({ grant: 5, name: '~/data', place: '/data' });
  mount = async (grant: number, place: string, mode: MountMode) => {
    if (this.refusal !== null) throw new Error(this.refusal);
    expect(grant).toBe(5);
    return this.#set([...this.folders, { number: this.next++, name: '~/data', place, mode, mounted: true }]);
  };
  again = async (number: number) => this.#change(number, true);
  unmount = async (number: number) => this.#change(number, false);
  forget = async (number: number) => this.#set(this.folders.filter((each) => each.number !== number));

  #change(number: number, mounted: boolean) {
    return this.#set(this.folders.map((each) => (each.number === number ? { ...each, mounted } : each)));
  }

  #set(folders: MountedFolder[]) {
    this.folders = folders;
    return folders;
  }
}

const OLD: MountedFolder = { number: 0, name: '/srv/old', place: '/old', mode: 'readOnly', mounted: false };

async function open(host = new FakeFolders(OLD), files: readonly string[] = []) {
  const folders = new Folders({ folders: host }, () => files);
  await folders.ready;
  return { host, folders };
}

describe('Folders', () => {
  it('are told to sessions by their places, and only those that are mounted', async () => {
    const { folders } = await open();
    expect(folders.addTo('{"a":1}')).toBe('{"a":1,"mounts":[]}');
    await folders.choose();
    expect(await folders.mount('/data', 'overlay')).toBe(true);
    expect(folders.chosen).toBeNull();
    await folders.again(0);
    expect(folders.places).toEqual(['/old', '/data']);
    await folders.unmount(10);
    await folders.forget(0);
    expect(folders.addTo('{"a":1}')).toBe('{"a":1,"mounts":[]}');
    expect(folders.list.map(({ place }) => place)).toEqual(['/data']);
  });

  it('stay chosen where they cannot be mounted, with the reason', async () => {
    const { host, folders } = await open();
    await folders.choose();
    host.refusal = 'there is a folder at /data already: unmount it, or choose another place';
    expect(await folders.mount('/data', 'readOnly')).toBe(false);
    expect(folders.problem).toBe('There is a folder at /data already: unmount it, or choose another place.');
    expect(folders.chosen?.grant).toBe(5);
    folders.cancel();
    expect([folders.chosen, folders.problem]).toEqual([null, null]);
    expect(await folders.mount('/data', 'readOnly')).toBe(false);
  });

  it.each(['/data', '/data/', '/data/x.csv', ' /data '])('hide no file in memory: %j', async (place) => {
    const { folders } = await open(new FakeFolders(), ['/data/x.csv']);
    await folders.choose();
    const mounted = await folders.mount(place, 'readOnly');
    expect(mounted).toBe(false);
    expect(folders.problem).toContain('Programs find /data/x.csv in memory there');
  });

  it('cannot be had in a browser, which says nothing of them', async () => {
    const folders = new Folders({ folders: null });
    await folders.ready;
    await folders.choose();
    expect([folders.can, folders.chosen, folders.addTo('{"a":1}')]).toEqual([false, null, '{"a":1}']);
  });
});

describe('files in memory', () => {
  it.each(['/data/a.txt', '/data', '/'])('are not put where a folder is: %j', async (path) => {
    const files = new Files({ keep: new MemoryKeep(), places: () => ['/data'] });
    await files.ready;
    expect(files.write(path === '/' ? '/database.txt' : path, 'x')).toBe(path === '/');
    if (path !== '/') expect(files.problem).toBe('Programs see a folder of this machine at /data: choose another name, or unmount it.');
  });
});

describe('a run', () => {
  it('is told of folders beside the other settings', async () => {
    const host = new FakeHost();
    host.folders = new FakeFolders({ ...OLD, mounted: true });
    const bench = new Workbench(host, new Settings(new FakeStorage()), null);
    expect(JSON.parse(await bench.programSettings())).toMatchObject({ mounts: ['/old'] });
  });
});
