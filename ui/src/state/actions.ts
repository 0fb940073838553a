// Everything a person can do from anywhere: its words, its keys, and when it can be done.

import { isWaiting, focusAnswer } from './answering';
import { pressedOf } from '../stage/frame/keys.js';
import { goThroughPanes } from './panes';
import { DOCKS, SIDES, type Dock, type Side } from './settings.svelte';
import type { Workbench } from './workbench.svelte';

export type Action = {
  id: string;
  title: string;
  /** `Mod` is Ctrl, or ⌘ on a Mac. The first is the one that is shown. */
  keys: string[];
  /** Why it cannot be done now; null if it can. */
  off: (bench: Workbench) => string | null;
  act: (bench: Workbench) => void;
};

const always = () => null;
const SIDE_TITLES: Record<Side, string> = { examples: 'Examples', functions: 'Functions', files: 'Files', snapshots: 'Snapshots' };
const DOCK_TITLES: Record<Dock, string> = {
  console: 'Console',
  timeline: 'Timeline',
  sequence: 'Sequence',
  variables: 'Variables',
  events: 'Events',
};

export const sideTitle = (side: Side): string => SIDE_TITLES[side];
export const dockTitle = (dock: Dock): string => DOCK_TITLES[dock];

const idle = ({ session }: Workbench) => (session.phase === 'idle' ? null : 'A program is running.');
const busy = ({ session }: Workbench) => (session.phase === 'idle' ? 'Nothing is running.' : null);

export const ACTIONS: readonly Action[] = [
  { id: 'run', title: 'Run', keys: ['Mod+Enter'], off: idle, act: (bench) => bench.run() },
  {
    id: 'step',
    title: 'Step: run to the next call',
    keys: ['F10'],
    off: ({ session }) => (session.phase === 'idle' || session.asks.step ? null : 'The program is not at a call.'),
    act: (bench) => bench.step(),
  },
  {
    id: 'continue',
    title: 'Continue without stops',
    keys: ['F9'],
    off: ({ session }) => (session.asks.step ? null : 'Nothing is gone through call by call.'),
    act: (bench) => bench.goOn(),
  },
  { id: 'stop', title: 'Stop', keys: ['Escape', 'Mod+.'], off: busy, act: (bench) => bench.stop() },
  {
    id: 'answer',
    title: 'Answer what waits',
    keys: ['Alt+A'],
    off: ({ session }) => (isWaiting(session) ? null : 'Nothing waits for an answer.'),
    act: focusAnswer,
  },
  { id: 'reset', title: 'Reset: forget names, stage and output', keys: [], off: always, act: (bench) => bench.reset() },
  { id: 'new', title: 'New program', keys: ['Alt+N'], off: always, act: ({ workspace }) => workspace.add() },
  { id: 'open', title: 'Open a program…', keys: ['Mod+O'], off: always, act: (bench) => void bench.open() },
  { id: 'save', title: 'Save the program', keys: ['Mod+S'], off: always, act: (bench) => void bench.save() },
  {
    id: 'close',
    title: 'Close the program',
    keys: ['Alt+W'],
    off: always,
    act: ({ workspace }) => void workspace.closeProgram(workspace.active),
  },
  {
    id: 'snapshot',
    title: 'Take a snapshot',
    keys: ['Alt+S'],
    off: ({ snapshots }) => snapshots.offToTake,
    act: ({ snapshots }) => void snapshots.take(),
  },
  {
    id: 'reopen',
    title: 'Open again what was closed last',
    keys: ['Alt+Shift+W'],
    off: ({ workspace }) => (workspace.closed.length > 0 ? null : 'Nothing was closed.'),
    act: ({ workspace }) => workspace.reopen(),
  },
  { id: 'palette', title: 'Commands, programs, lines', keys: ['Mod+K'], off: always, act: (bench) => void (bench.palette = '') },
  { id: 'goto', title: 'Go to line…', keys: ['Alt+G'], off: always, act: (bench) => void (bench.palette = ':') },
  { id: 'keys', title: 'Show all keys', keys: ['?'], off: always, act: (bench) => void (bench.palette = '?') },
  { id: 'pane', title: 'Go to the next pane', keys: ['F6'], off: always, act: () => goThroughPanes(1) },
  { id: 'pane-back', title: 'Go to the pane before', keys: ['Shift+F6'], off: always, act: () => goThroughPanes(-1) },
  { id: 'clear', title: 'Clear the console', keys: ['Mod+L'], off: always, act: ({ session }) => session.clear() },
  ...DOCKS.map(
    (dock, index): Action => ({
      id: `dock-${dock}`,
      title: `Show ${DOCK_TITLES[dock].toLowerCase()}`,
      keys: [`Mod+${index + 1}`],
      off: always,
      act: ({ settings }) => settings.change({ dock }),
    }),
  ),
  ...SIDES.map(
    (side, index): Action => ({
      id: `side-${side}`,
      title: `Show ${SIDE_TITLES[side].toLowerCase()}`,
      keys: [`Alt+${index + 1}`],
      off: always,
      act: ({ settings }) => settings.change({ side: settings.values.side === side ? null : side }),
    }),
  ),
  {
    id: 'theme',
    title: 'Change the theme',
    keys: [],
    off: always,
    act: ({ settings }) => {
      const next = { system: 'light', light: 'dark', dark: 'system' } as const;
      settings.change({ theme: next[settings.values.theme] });
    },
  },
];

export function action(id: string): Action {
  const found = ACTIONS.find((action) => action.id === id);
  if (!found) throw new Error(`there is no action ${id}`);
  return found;
}

const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const SIGNS: Record<string, string> = apple
  ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↵', Escape: 'Esc' }
  : { Mod: 'Ctrl', Escape: 'Esc' };

/** The keys of an action, as they stand on a keyboard. */
export function keysOf(id: string): string {
  return sayKeys(action(id).keys[0] ?? '');
}

/** What a control does, with the keys that do it too. */
export function hint(words: string, id: string): string {
  const keys = keysOf(id);
  return keys === '' ? words : `${words} (${keys})`;
}

export function sayKeys(keys: string): string {
  return keys
    .split('+')
    .map((key) => SIGNS[key] ?? key)
    .join(apple ? '' : '+');
}

/** The action that a key press stands for. */
export function actionOf(event: KeyboardEvent): Action | null {
  const mod = apple ? event.metaKey : event.ctrlKey;
  const other = apple ? event.ctrlKey : event.metaKey;
  if (other) return null;
  // A sign that is written is no command where somebody writes, whichever keys it takes.
  if (event.key === '?' && !event.altKey) return mod || writes(event.target) ? null : action('keys');
  return actionBy(pressedOf(event, mod));
}

/** The action of these keys, wherever they were pressed. */
export function actionBy(pressed: string): Action | null {
  return ACTIONS.find(({ keys }) => keys.includes(pressed)) ?? null;
}

/** Keys that are commands also where somebody writes. */
export const EVERYWHERE: readonly string[] = ACTIONS.flatMap(({ keys }) => keys).filter((each) => each !== '?');

function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}
