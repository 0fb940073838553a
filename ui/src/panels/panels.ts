// Panels that nobody sees at first: each is a file of its own, brought when it is opened or nothing else is to be done.

import type { Dock, Side } from '../state/settings.svelte';

export const SIDE_PANELS = {
  examples: () => import('./examples/Examples.svelte'),
  functions: () => import('./functions/Functions.svelte'),
  files: () => import('./files/Files.svelte'),
  snapshots: () => import('./snapshots/Snapshots.svelte'),
} satisfies Record<Side, unknown>;

export const DOCK_PANELS = {
  timeline: () => import('./timeline/Timeline.svelte'),
  sequence: () => import('./sequence/Sequence.svelte'),
  variables: () => import('./variables/Variables.svelte'),
  events: () => import('./events/EventLoop.svelte'),
} satisfies Record<Exclude<Dock, 'console'>, unknown>;

/** The examples, as commands of the palette. */
export const bringExamples = () => import('./examples/commands');

/** Brings all of them. One that cannot be had now is asked for again when it is opened. */
export function bringPanels(): void {
  for (const load of [...Object.values(SIDE_PANELS), ...Object.values(DOCK_PANELS), bringExamples]) load().catch(() => undefined);
}
