// The stage and the cards without an engine: the test is the program.

import { mount } from 'svelte';
import { Asks } from '../../../ui/src/state/asks.svelte';
import { download } from '../../../ui/src/state/download';
import { StageState } from '../../../ui/src/stage/stage.svelte';
import type { Patch } from '../../../ui/src/stage/types';
import '../../../ui/src/style/tokens.css';
import '../../../ui/src/style/base.css';
import Harness from './Harness.svelte';

const log: unknown[] = [];
const painted: (() => void)[] = [];
let last = 0;

const stage = new StageState({
  onevent: (event) => log.push(event),
  onlost: () => log.push('lost'),
  onpainted: (seq) => {
    last = seq;
    for (const resolve of painted.splice(0)) resolve();
  },
});
const asks = new Asks((callId, json) => log.push({ callId, json }), download);

/** Gives patches to the stage; resolves when they are on the screen. */
async function paint(patches: Patch[]): Promise<void> {
  const seq = stage.take(patches);
  while (last < seq) await new Promise<void>((resolve) => painted.push(resolve));
}

Object.assign(globalThis, { harness: { stage, asks, log, paint } });

const target = document.querySelector('#app');
if (target) mount(Harness, { target, props: { stage, asks, onshortcut: (keys: string) => log.push({ shortcut: keys }) } });
