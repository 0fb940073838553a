// Files by path as the rows of a tree: folders first, then by name.

export type TreeFile = { path: string; size: number; mark?: string };
export type Row =
  | { kind: 'folder'; path: string; name: string; level: number; open: boolean; count: number }
  | { kind: 'file'; path: string; name: string; level: number; size: number; mark: string };

type Folder = { folders: Map<string, Folder>; files: TreeFile[] };

const empty = (): Folder => ({ folders: new Map(), files: [] });
const byName = new Intl.Collator('en', { numeric: true }).compare;

/** The rows in sight; what is in a folder of `closed` is not. */
export function rowsOf(files: readonly TreeFile[], closed: ReadonlySet<string>): Row[] {
  const top = empty();
  for (const file of files) {
    let folder = top;
    for (const part of file.path.split('/').slice(1, -1)) {
      const inner = folder.folders.get(part) ?? empty();
      folder.folders.set(part, inner);
      folder = inner;
    }
    folder.files.push(file);
  }
  const rows: Row[] = [];
  add(rows, top, '', 1, closed);
  return rows;
}

function add(rows: Row[], { folders, files }: Folder, above: string, level: number, closed: ReadonlySet<string>): void {
  for (const [name, folder] of [...folders].sort(([one], [other]) => byName(one, other))) {
    const path = `${above}/${name}`;
    const open = !closed.has(path);
    rows.push({ kind: 'folder', path, name, level, open, count: countOf(folder) });
    if (open) add(rows, folder, path, level + 1, closed);
  }
  const named = files.map((file) => ({ ...file, name: file.path.slice(file.path.lastIndexOf('/') + 1) }));
  for (const { path, name, size, mark = '' } of named.sort((one, other) => byName(one.name, other.name))) {
    rows.push({ kind: 'file', path, name, level, size, mark });
  }
}

function countOf({ folders, files }: Folder): number {
  return [...folders.values()].reduce((sum, folder) => sum + countOf(folder), files.length);
}

/** Where a key leads from a row; null where it does not. */
export function rowAfter(rows: readonly Row[], at: number, key: string): number | null {
  const row = rows[at];
  if (key === 'ArrowDown') return Math.min(rows.length - 1, at + 1);
  if (key === 'ArrowUp') return Math.max(0, at - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return rows.length - 1;
  if (key !== 'ArrowLeft' || !row || row.level === 1) return null;
  return rows.findLastIndex((each, index) => index < at && each.level < row.level);
}
