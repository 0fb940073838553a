// What the palette finds: commands, programs and lines by name; keys after a question mark.

import { ACTIONS, keysOf, sayKeys } from './actions';
import { type Recent, rank } from './search';
import type { Workbench } from './workbench.svelte';

export type Item = {
  id: string;
  title: string;
  /** What it is, where that is not a command. */
  kind: string;
  keys: string;
  /** Why it cannot be chosen now; null if it can. */
  off: string | null;
  act: () => void;
};

/** Keys of the editor, which hears them itself. */
const EDITOR_KEYS: readonly [string, string][] = [
  ['Complete the word', 'Control+Space'],
  ['Show the signature of the call', 'Mod+Shift+Space'],
  ['Search in the program', 'Mod+F'],
  ['Go to the next problem', 'F8'],
  ['Comment or uncomment', 'Mod+/'],
  ['Undo', 'Mod+Z'],
  ['Leave the editor by Tab', 'Escape'],
];

/** What fits, the best first; among equals what was chosen last. Of `more`, too many to read, only what is sought or was chosen. */
export function find(bench: Workbench, sought: string, recent: Recent, more: readonly Item[] = []): Item[] {
  const wanted = sought.trimStart();
  if (wanted.startsWith(':')) return lines(bench, wanted.slice(1));
  if (wanted.startsWith('?')) return sorted([...commands(bench).filter(({ keys }) => keys !== ''), ...editorKeys()], wanted.slice(1));
  const others = wanted === '' ? more.filter(({ id }) => recent.has(id)) : [...programs(bench), ...recents(bench), ...more];
  const all = [...commands(bench), ...others];
  const found = sorted(all.filter(({ id }) => id !== 'palette'), wanted, recent);
  return /^\d+$/.test(wanted) ? [...lines(bench, wanted), ...found] : found;
}

function sorted(items: Item[], sought: string, recent?: Recent): Item[] {
  const ranked = items.map((item) => ({ item, rank: rank(item.title, sought), place: recent?.place(item.id) ?? 0 }));
  const fitting = ranked.filter(({ rank }) => rank !== null);
  return fitting.toSorted((a, b) => Math.floor(a.rank ?? 0) - Math.floor(b.rank ?? 0) || a.place - b.place || (a.rank ?? 0) - (b.rank ?? 0)).map(({ item }) => item);
}

function commands(bench: Workbench): Item[] {
  return ACTIONS.map(({ id, title, off, act }) => ({ id, title, kind: '', keys: keysOf(id), off: off(bench), act: () => act(bench) }));
}

function programs({ workspace }: Workbench): Item[] {
  return workspace.programs.map(({ id, name }) => ({
    id: `program ${id}`,
    title: name,
    kind: id === workspace.active ? 'Open program, seen now' : 'Open program',
    keys: '',
    off: null,
    act: () => workspace.show(id),
  }));
}

function recents(bench: Workbench): Item[] {
  return bench.recent.list.map(({ number, name, folder }) => ({
    id: `recent ${number}`,
    title: name,
    kind: `Recent, in ${folder}`,
    keys: '',
    off: null,
    act: () => void bench.openRecent(number),
  }));
}

function editorKeys(): Item[] {
  return EDITOR_KEYS.map(([title, keys]) => ({ id: title, title, kind: 'In the editor', keys: sayKeys(keys), off: 'Works in the editor.', act: () => undefined }));
}

function lines(bench: Workbench, said: string): Item[] {
  const { program } = bench.workspace;
  const last = program.code.split('\n').length;
  const wanted = Number(said.trim());
  const line = Math.min(last, Math.max(1, wanted));
  if (!/^\s*\d+\s*$/.test(said)) {
    return [{ id: 'line', title: `Go to a line: type a number up to ${last}`, kind: program.name, keys: '', off: 'Type a number.', act: () => undefined }];
  }
  const place = { line, column: 1 };
  const act = () => bench.reveal({ filename: program.name, start: place, end: place }, 'now');
  return [{ id: 'line', title: `Go to line ${line}`, kind: program.name, keys: '', off: null, act }];
}
