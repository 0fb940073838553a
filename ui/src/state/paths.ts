// Paths as programs write them: absolute, with single slashes, and nothing that leads elsewhere.

/** Where there are folders from the beginning. */
const FOLDERS = ['/', '/tmp', '/home'];
const LONGEST = 1000;
const LONGEST_NAME = 255;

/** A path as it is meant: with a slash before it, none twice. */
export function pathOf(text: string): string {
  return `/${text.trim().split('/').filter((part) => part !== '').join('/')}`;
}

/** Why there can be no file at a path beside the others; null if there can. */
export function pathProblem(path: string, others: readonly string[]): string | null {
  const parts = path.slice(1).split('/');
  if (path === '/') return 'Give it a name.';
  if (FOLDERS.includes(path)) return `${path} is a folder.`;
  if (parts.some((part) => part === '.' || part === '..')) return 'A path has no . or .. in it.';
  // A NUL ends a path in C, and CPython refuses it.
  if (path.includes('\0')) return 'A path has no NUL in it.';
  if (path.length > LONGEST || parts.some((part) => part.length > LONGEST_NAME)) return `A name has at most ${LONGEST_NAME} characters.`;
  if (others.includes(path)) return `There is a file ${path}.`;
  const above = others.find((other) => path.startsWith(`${other}/`));
  if (above !== undefined) return `${above} is a file, so nothing can be in it.`;
  if (others.some((other) => other.startsWith(`${path}/`))) return `${path} is a folder.`;
  return null;
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
