import { describe, expect, it } from 'vitest';
import type { Link } from './link';
import { StageState } from './stage.svelte';
import type { DomEvent, Patch } from './types';

const CLOSED = [
  'parent.document', 'parent.__TAURI_INTERNALS__', 'top.location', 'origin', 'cookie', 'localStorage', 'sessionStorage', 'indexedDB',
  '__TAURI_INTERNALS__', 'eval', 'Function', 'fetch', 'WebSocket', 'image',
].map((name) => ({ name, closed: true }));
const reset: Patch = { op: 'reset', root: { handle: 1, tag: 'div' } };
const remove: Patch = { op: 'remove', handle: 2 };

function open() {
  const told: (DomEvent | string)[] = [];
  const stage = new StageState({
    onevent: (event) => told.push(event),
    onlost: () => told.push('lost'),
    onpainted: (seq) => told.push(`painted ${seq}`),
  });
  const painted: { patches: Patch[]; seq: number }[] = [];
  const link: Link = { paint: (patches, seq) => painted.push({ patches, seq }), dress: () => undefined, enter: () => undefined,
    reserve: () => undefined, close: () => told.push('closed') };
  return { stage, told, painted, link };
}

function ready() {
  const opened = open();
  opened.stage.attach(opened.link);
  opened.stage.hear({ type: 'isolated', results: CLOSED });
  return opened;
}

describe('StageState', () => {
  it('keeps patches until the frame has passed its test, then gives them at once', () => {
    const { stage, painted, link } = open();
    stage.take([reset]);
    stage.attach(link);
    expect(stage.take([remove])).toBe(2);
    expect(painted).toEqual([]);
    stage.hear({ type: 'isolated', results: CLOSED });
    expect(painted).toEqual([{ patches: [reset, remove], seq: 2 }]);
    stage.take([remove]);
    expect(painted.at(-1)).toEqual({ patches: [remove], seq: 3 });
  });

  it('forgets what came before a reset', () => {
    const { stage, painted, link } = open();
    stage.take([reset, remove]);
    stage.take([remove, reset, remove]);
    stage.attach(link);
    stage.hear({ type: 'isolated', results: CLOSED });
    expect(painted).toEqual([{ patches: [reset, remove], seq: 2 }]);
  });

  it.each([
    ['one way out is open', CLOSED.map((each) => (each.name === 'fetch' ? { ...each, closed: false } : each)), ['fetch']],
    ['one was not tried', CLOSED.slice(1), ['parent.document']],
    ['none was tried', [], CLOSED.map(({ name }) => name)],
  ])('takes no patches where %s', (_, results, problems) => {
    const { stage, painted, told, link } = open();
    stage.take([reset]);
    stage.attach(link);
    stage.hear({ type: 'isolated', results });
    stage.take([reset]);
    stage.hear({ type: 'event', handle: 1, eventType: 'click', value: null });
    expect([stage.phase, stage.problems, painted, told]).toEqual(['broken', problems, [], ['closed']]);
    // Tested again, and sound: the whole is asked for.
    stage.attach(link);
    stage.hear({ type: 'isolated', results: CLOSED });
    expect(stage.phase).toBe('ready');
    expect(told).toContain('lost');
  });

  it('hears no event before the test is passed', () => {
    const { stage, told, link } = open();
    stage.attach(link);
    stage.hear({ type: 'event', handle: 1, eventType: 'click', value: null });
    expect(told).toEqual([]);
    stage.hear({ type: 'isolated', results: CLOSED });
    stage.hear({ type: 'event', handle: 1, eventType: 'click', value: null });
    expect(told).toEqual([{ handle: 1, eventType: 'click', value: null }]);
  });

  it('asks for the whole when a frame took the picture with it, and waits for the reset', () => {
    const { stage, told, painted, link } = ready();
    stage.take([reset]);
    stage.attach(link);
    expect(told).toEqual(['closed', 'lost']);
    stage.hear({ type: 'isolated', results: CLOSED });
    stage.take([remove]);
    expect(painted).toHaveLength(1);
    stage.take([remove, reset]);
    expect(painted.at(-1)).toEqual({ patches: [reset], seq: 3 });
  });

  it('holds only so much for a stage that nobody looks at', () => {
    const { stage, told, painted, link } = open();
    stage.take([reset, ...Array.from({ length: 100_001 }, () => remove)]);
    stage.attach(link);
    stage.hear({ type: 'isolated', results: CLOSED });
    expect([told, painted]).toEqual([['lost'], []]);
  });

  it('counts what was refused, until the stage starts over', () => {
    const { stage, told } = ready();
    stage.take([reset]);
    stage.hear({ type: 'painted', seq: 1, ms: 2, empty: false, refused: 2, why: 'the element <script>' });
    stage.hear({ type: 'painted', seq: 1, ms: 2, empty: false, refused: 1, why: 'other' });
    expect(stage.refused).toEqual({ count: 3, why: 'the element <script>' });
    expect([stage.empty, told]).toEqual([false, ['painted 1', 'painted 1']]);
    stage.take([reset]);
    expect(stage.refused.count).toBe(0);
  });

  it('paints the rest where one patch cannot be copied', () => {
    const { stage, painted, link } = open();
    const strict: Link = {
      ...link,
      paint: (patches, seq) => {
        if (patches.includes(remove)) throw new RangeError('too deep');
        link.paint(patches, seq);
      },
    };
    stage.attach(strict);
    stage.hear({ type: 'isolated', results: CLOSED });
    stage.take([reset, remove]);
    expect(painted).toEqual([{ patches: [reset], seq: 1 }]);
    expect(stage.refused.count).toBe(1);
  });
});
