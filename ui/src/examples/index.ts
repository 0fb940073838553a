// The programs that come with the window: each a file of Python, whose first comments say what it teaches.

import { parse, type Header } from './header';

/** In the order of the list. The first digit of a file's name is the place of its group. */
export const GROUPS = [
  'First steps',
  'Host functions',
  'Stage',
  'Event loop',
  'Files',
  'Async',
  'Sandboxes',
  'Limits',
  'Snapshots',
  'Safety',
] as const;
export type Group = (typeof GROUPS)[number];

/** `name` is what its tab is called. */
export type Example = Omit<Header, 'group'> & { id: string; group: Group; name: string; code: string };

const sources = import.meta.glob<string>('./*.py', { query: '?raw', import: 'default', eager: true });

export const EXAMPLES: readonly Example[] = Object.entries(sources)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([path, source]) => example(path, source));

function example(path: string, source: string): Example {
  const id = /^\.\/\d+-([a-z-]+)\.py$/.exec(path)?.[1];
  if (id === undefined) throw new Error(`${path} is no name for an example`);
  const parsed = parse(source);
  const group = GROUPS.find((each) => each === parsed.group);
  if (!group) throw new Error(`${path} is of no known group`);
  return { ...parsed, id, group, name: `${id}.py` };
}

/** The one after it in the list, null after the last. */
export function after(example: Example): Example | null {
  return EXAMPLES[EXAMPLES.indexOf(example) + 1] ?? null;
}

/** Those in which every word of a query begins a word, in title, description, group or tags. */
export function search(query: string): readonly Example[] {
  const words = wordsOf(query);
  if (words.length === 0) return EXAMPLES;
  return EXAMPLES.filter(({ title, about, group, tags, name }) => {
    const said = wordsOf(`${title} ${about} ${group} ${tags.join(' ')} ${name}`);
    return words.every((word) => said.some((each) => each.startsWith(word)));
  });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
}
