import { describe, expect, it } from 'vitest';
import { toBase64 } from '../text/base64';
import { settle } from '../testing/fakeHost';
import { Files } from './files.svelte';
import { MemoryKeep } from './keep';
import { pathOf, pathProblem } from './paths';

const picked = (name: string, size: number) => ({ name, size, arrayBuffer: async () => new ArrayBuffer(size) });
const paths = ({ list }: Files) => list.map(({ path }) => path);

async function open(keep = new MemoryKeep()) {
  const files = new Files({ keep });
  await files.ready;
  return files;
}

describe('paths', () => {
  it.each([
    ['data.csv', '/data.csv'],
    [' //a//b/ ', '/a/b'],
    ['', '/'],
  ])('%j is meant as %j', (text, path) => expect(pathOf(text)).toBe(path));

  it.each([
    ['/', 'Give it a name.'],
    ['/tmp', '/tmp is a folder.'],
    ['/a/../b', 'A path has no . or .. in it.'],
    ['/a\0b', 'A path has no NUL in it.'],
    [`/${'x'.repeat(256)}`, 'A name has at most 255 characters.'],
    ['/a.txt', 'There is a file /a.txt.'],
    ['/a.txt/b', '/a.txt is a file, so nothing can be in it.'],
    ['/d', '/d is a folder.'],
    ['/d/other.txt', null],
    ['/a.txt2', null],
  ])('%j: %j', (path, problem) => expect(pathProblem(path, ['/a.txt', '/d/x.txt'])).toBe(problem));
});

describe('Files', () => {
  it('are kept as they change, by path', async () => {
    const keep = new MemoryKeep();
    const files = await open(keep);
    expect(await files.add([picked('b.bin', 3), picked('a.txt', 0)])).toBe('/a.txt');
    files.write('/a.txt', 'é');
    files.rename('/b.bin', 'data/b.bin');
    await settle();
    const next = await open(keep);
    expect(next.list).toEqual([
      { path: '/a.txt', data: toBase64(new TextEncoder().encode('é')), size: 2 },
      { path: '/data/b.bin', data: 'AAAA', size: 3 },
    ]);
    expect(next.size).toBe(5);
  });

  it('take no more than there is room for, and say how much is left', async () => {
    const files = new Files({ keep: new MemoryKeep(), most: 4096 });
    await files.add([picked('big.bin', 3072)]);
    expect(await files.add([picked('more.bin', 2048)])).toBeNull();
    expect(files.problem).toBe('more.bin (2 KB) does not fit: 1 KB of 4 KB are left.');
    expect(paths(files)).toEqual(['/big.bin']);
    // What is replaced makes room.
    expect(await files.add([picked('big.bin', 4096)])).toBe('/big.bin');
    expect(files.problem).toBeNull();
    expect(files.write('/x.txt', '1')).toBe(false);
    expect((await open()).most).toBe(8 * 1024 * 1024);
  });

  it('say which could not be read, and take the others', async () => {
    const files = await open();
    const broken = { name: 'gone.txt', size: 1, arrayBuffer: () => Promise.reject(new Error('gone')) };
    expect(await files.add([broken, picked('a.txt', 1)])).toBe('/a.txt');
    expect(files.problem).toBe('gone.txt could not be read.');
  });

  it('have one file a path', async () => {
    const files = await open();
    expect(files.create()).toBe('/file-1.txt');
    expect(files.create()).toBe('/file-2.txt');
    expect(files.rename('/file-1.txt', 'file-2.txt')).toBe('There is a file /file-2.txt.');
    expect(files.rename('/file-1.txt', '/file-2.txt/a')).toBe('/file-2.txt is a file, so nothing can be in it.');
    expect(files.rename('/file-1.txt', 'file-1.txt')).toBeNull();
    expect(paths(files)).toEqual(['/file-1.txt', '/file-2.txt']);
  });

  it('are told beside the other settings, and what went is told once', async () => {
    const files = await open();
    expect(files.addTo('{"fetch":[]}')).toBe('{"fetch":[]}');
    files.write('/a.txt', 'a');
    files.write('/b.txt', 'b');
    expect(JSON.parse(files.addTo('{"fetch":[]}'))).toEqual({ fetch: [], files: { '/a.txt': 'YQ==', '/b.txt': 'Yg==' } });
    const gone = files.remove('/a.txt');
    files.rename('/b.txt', 'c.txt');
    if (gone) files.restore(gone);
    expect(files.takeGone()).toEqual(['/b.txt']);
    expect(files.takeGone()).toEqual([]);
    expect(paths(files)).toEqual(['/a.txt', '/c.txt']);
  });

  it('of another version are left out where they are not sound', async () => {
    const keep = new MemoryKeep();
    const odd = [null, 7, { path: '/a' }, { path: '/../a', data: '' }, { path: '/b', data: '%' }, { path: '/c', data: 'YQ==' }];
    for (const [index, item] of odd.entries()) await keep.put(`${index}`, item);
    expect(paths(await open(keep))).toEqual(['/c']);
  });

  it('say so where they cannot be kept', async () => {
    const keep = new MemoryKeep();
    keep.put = () => Promise.reject(new Error('the disk is full'));
    const files = await open(keep);
    files.write('/a.txt', 'a');
    await settle();
    expect(files.problem).toBe('The files last as long as this window, because they could not be kept: the disk is full.');
    expect(paths(files)).toEqual(['/a.txt']);
  });
});
