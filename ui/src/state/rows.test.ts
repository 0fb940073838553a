import { describe, expect, it } from 'vitest';
import { callAt, endAt, openCallAt, pageOf, printAt, runAt, type Raw } from '../testing/records';
import { axisOf } from './axis';
import { readPage } from './entries';
import { ALL, Shown } from './filter';
import { Rows } from './rows';
import { Steps } from './steps';

function rowsOf(...raw: Raw[]): Rows {
  const rows = new Rows();
  rows.add(readPage(pageOf(raw)).entries);
  return rows;
}

describe('Rows', () => {
  it('gives back what was put into columns, past their first room', () => {
    const rows = rowsOf(...Array.from({ length: 5000 }, (_, index) => callAt(index + 7, index / 2, `f${index % 3}`)));
    expect(rows.count).toBe(5000);
    expect(rows.base).toBe(7);
    expect(rows.get(4999)).toMatchObject({ seq: 5006, atMs: 2499.5, name: 'f1', said: '5006', answer: '5006', state: 'answered', durationMs: 0 });
    expect(rows.get(4999).range).toEqual({ filename: 'main.py', start: { line: 5006, column: 1 }, end: { line: 5006, column: 9 } });
    expect([...rows.functions]).toEqual(['f0', 'f1', 'f2']);
  });

  it('says anew what has changed', () => {
    const rows = rowsOf(openCallAt(0, 1, 'ask'));
    expect(rows.get(0)).toMatchObject({ state: 'waiting', durationMs: null });
    const [answered] = readPage(pageOf([callAt(0, 1, 'ask', { durationMs: 30 })])).entries;
    if (answered) rows.change(answered);
    expect(rows.count).toBe(1);
    expect(rows.get(0)).toMatchObject({ state: 'answered', durationMs: 30 });
  });
});

describe('Shown', () => {
  const rows = rowsOf(
    runAt(0),
    callAt(1, 1, 'dom_create'),
    callAt(2, 1, 'storage_get', { args: ['Needle'] }),
    printAt(3, 1, 'a needle\n'),
    openCallAt(4, 1, 'dom_on_click'),
    endAt(5, 9),
  );

  it.each([
    ['all', {}, [0, 1, 2, 3, 4, 5]],
    ['a lane', { lanes: ['window'] }, [1]],
    ['two lanes', { lanes: ['window', 'person'] }, [1, 4]],
    ['a function', { name: 'dom_' }, [1, 4]],
    ['a state', { state: 'waiting' }, [4]],
    ['a text, in whatever letters', { text: ' NEEDLE ' }, [2, 3]],
    ['all of them at once', { lanes: ['engine'], text: 'needle' }, [2]],
    ['nothing', { text: 'absent' }, []],
  ] as const)('shows %s', (_, filter, hits) => {
    const shown = new Shown(rows);
    shown.look({ ...ALL, ...filter }, 0, rows.count, false);
    expect(Array.from({ length: shown.count }, (_, place) => shown.at(place))).toEqual(hits);
    for (const [place, row] of hits.entries()) expect(shown.placeOf(row)).toBe(place);
  });

  it('adds what comes later, and looks anew at what has changed', () => {
    const shown = new Shown(rows);
    const filter = { ...ALL, name: 'dom' };
    shown.look(filter, 0, 2, false);
    expect(shown.count).toBe(1);
    shown.look(filter, 0, 6, false);
    expect(shown.count).toBe(2);
    shown.look(filter, 2, 6, true);
    expect([shown.count, shown.at(0)]).toEqual([1, 4]);
  });

  it('looks through a hundred thousand entries between two frames', () => {
    const many = rowsOf(...Array.from({ length: 100_000 }, (_, index) => callAt(index, index, index % 2 ? 'dom_create' : 'log')));
    const shown = new Shown(many);
    const began = performance.now();
    shown.look({ ...ALL, text: '99999' }, 0, many.count, false);
    expect(performance.now() - began).toBeLessThan(1000);
    expect([shown.count, shown.at(0)]).toEqual([1, 99_999]);
  }, 60_000);
});

describe('Axis', () => {
  // Settings, a run, a wait of 900 ms between two busy stretches, an end.
  const rows = rowsOf(
    { seq: 0, atMs: -500, kind: 'settings', settings: {} },
    runAt(1, 0),
    callAt(2, 50, 'dom_on_click', { durationMs: 900 }),
    callAt(3, 950, 'log'),
    endAt(4, 1000),
  );

  it('begins with the run and marks what a person was waited for', () => {
    const axis = axisOf(rows, 0, 5, false);
    expect([axis.from, axis.to, axis.busyMs]).toEqual([0, 1000, 100]);
    expect(axis.idle).toEqual([{ from: 50, to: 950 }]);
    expect([0, 50, 950, 1000, 5000].map((ms) => axis.place(ms))).toEqual([0, 0.05, 0.95, 1, 1]);
  });

  it('leaves waiting out but for a gap', () => {
    const axis = axisOf(rows, 0, 5, true);
    const places = [0, 50, 500, 950, 1000].map((ms) => axis.place(ms));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[4]).toBeCloseTo(1);
    expect((places[3] ?? 1) - (places[1] ?? 0)).toBeLessThan(0.1);
  });

  it('goes on while somebody is waited for', () => {
    const waiting = rowsOf(runAt(0, 0), openCallAt(1, 10, 'dom_on_click'));
    expect(axisOf(waiting, 0, 2, false, 510)).toMatchObject({ to: 510, idle: [{ from: 10, to: 510 }] });
  });
});

describe('Steps', () => {
  const stepsOf = (rows: Rows) => {
    const steps = new Steps(rows);
    steps.look(0, rows.count, false);
    return steps;
  };
  const said = (steps: Steps) => Array.from({ length: steps.count }, (_, step) => `${steps.kind(step)} ${steps.at(step).row.name}`);

  it('answers a call right after it, and one that waits after what it waited for', () => {
    const rows = rowsOf(
      runAt(0),
      callAt(1, 1, 'dom_create'),
      callAt(2, 1, 'dom_on_click', { durationMs: 99 }),
      { seq: 3, atMs: 100, kind: 'arrival', after: 2, arrived: 'domEvent', handle: 2, eventType: 'click' },
      printAt(4, 101, 'x\n'),
      endAt(5, 102),
    );
    const steps = stepsOf(rows);
    expect(said(steps)).toEqual(['note run', 'call dom_create', 'answer dom_create', 'call dom_on_click', 'event click', 'answer dom_on_click', 'note print', 'note end']);
    expect(steps.spans(0, steps.count)).toEqual([
      { from: 3, to: 5, lane: 'person', isWait: true, depth: 0 },
      { from: 1, to: 2, lane: 'window', isWait: false, depth: 0 },
    ]);
    expect(steps.at(4)).toMatchObject({ from: 'person', to: 'window' });
    expect(steps.stepOf(3)).toBe(4);
    // A bar that goes through what is seen is drawn, though neither end is.
    expect(steps.spans(4, 5).map(({ from, to }) => [from, to])).toEqual([[3, 5]]);
  });

  it('keeps tasks that wait at once apart', () => {
    const rows = rowsOf(runAt(0), callAt(1, 1, 'el_recv', { durationMs: 50 }), callAt(2, 1, 'dom_on_click', { durationMs: 20 }), endAt(3, 60));
    const steps = stepsOf(rows);
    expect(said(steps)).toEqual(['note run', 'call el_recv', 'call dom_on_click', 'answer dom_on_click', 'answer el_recv', 'note end']);
    expect(steps.spans(0, 6).map(({ depth }) => depth)).toEqual([0, 1]);
  });

  it('draws what still waits to the end, and no answer for what the end has met', () => {
    const rows = rowsOf(runAt(0), openCallAt(1, 1, 'dom_on_click'));
    const steps = stepsOf(rows);
    expect(steps.spans(0, 2)).toMatchObject([{ from: 1, to: Infinity }]);
    const { entries } = readPage(pageOf([callAt(1, 1, 'dom_on_click', { answer: { by: 'engine', with: 'nothing' } }), endAt(2, 5)]));
    if (entries[0]) rows.change(entries[0]);
    rows.add(entries.slice(1));
    steps.look(0, 3, true);
    expect(said(steps)).toEqual(['note run', 'call dom_on_click', 'note end']);
    expect(steps.spans(0, 3)).toMatchObject([{ from: 1, to: 2 }]);
  });

  it('adds what comes later to the steps there are', () => {
    const rows = rowsOf(runAt(0), callAt(1, 1, 'log'));
    const steps = stepsOf(rows);
    rows.add(readPage(pageOf([printAt(2, 2, 'x')])).entries);
    steps.look(0, 3, false);
    expect(said(steps)).toEqual(['note run', 'call log', 'answer log', 'note print']);
  });
});
