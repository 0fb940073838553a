import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../state/settings.svelte';
import { Workbench } from '../../state/workbench.svelte';
import { FakeStorage, settle } from '../../testing/fakeHost';
import { RecordHost } from '../../testing/recordHost';
import { callAt, endAt, openCallAt, rangeAt, runAt, type Raw } from '../../testing/records';
import Sequence from '../sequence/Sequence.svelte';
import Timeline from './Timeline.svelte';

afterEach(cleanup);

async function open(entries: Raw[], panel = Timeline) {
  const host = new RecordHost();
  host.entries = entries;
  const bench = new Workbench(host, new Settings(new FakeStorage()), null);
  const { unmount } = render(panel, { bench });
  if (entries.length > 0) await vi.waitFor(() => expect(bench.record.rows.count).toBe(entries.length), { timeout: 30_000 });
  await settle();
  return { host, bench, unmount };
}

const list = () => screen.getByTestId('timeline-list');
const rows = () => screen.queryAllByTestId('timeline-row');
const FEW = [runAt(0), callAt(1, 1, 'dom_create'), callAt(2, 2, 'storage_get'), openCallAt(3, 3, 'dom_on_click'), endAt(4, 9)];

describe('the timeline', () => {
  it('says what will be in it', async () => {
    await open([]);
    expect(screen.getByTestId('timeline-empty').textContent).toContain('Every call');
  });

  it.each([
    ['timeline', Timeline],
    ['sequence', Sequence],
  ])('renders few of a hundred thousand entries: %s', async (name, panel) => {
    const many = [runAt(0), ...Array.from({ length: 99_999 }, (_, index) => callAt(index + 1, index, 'log'))];
    await open(many, panel);
    expect(Number(screen.getByTestId(`${name}-list`).dataset.count)).toBeGreaterThanOrEqual(100_000);
    const rendered = screen.getAllByRole('option').length;
    expect(rendered).toBeGreaterThan(5);
    expect(rendered).toBeLessThan(80);
  }, 60_000);

  it('goes through the rows by keys, points at their stretch, and lets go of it', async () => {
    const { bench, unmount } = await open(FEW);
    await fireEvent.keyDown(list(), { key: 'Home' });
    await fireEvent.keyDown(list(), { key: 'ArrowDown' });
    expect(bench.record.selected).toBe(1);
    expect(bench.pointed).toEqual(rangeAt(1));
    expect(list().getAttribute('aria-activedescendant')).toBe(rows()[1]?.id);
    expect(rows()[1]?.getAttribute('aria-selected')).toBe('true');
    await fireEvent.keyDown(list(), { key: 'End' });
    expect([bench.record.selected, bench.pointed]).toEqual([4, null]);
    await fireEvent.keyDown(list(), { key: 'ArrowUp' });
    expect(bench.pointed).toEqual(rangeAt(3));
    unmount();
    expect(bench.pointed).toBeNull();
  });

  it('opens the detail with Enter, shows the place with another, and closes it with Escape', async () => {
    const { bench } = await open(FEW);
    const reveal = vi.spyOn(bench, 'reveal');
    await fireEvent.keyDown(list(), { key: 'Home' });
    await fireEvent.keyDown(list(), { key: 'ArrowDown' });
    await fireEvent.keyDown(list(), { key: 'Enter' });
    await settle();
    expect(screen.getByTestId('detail').textContent).toContain('dom_create()');
    expect(screen.getAllByTestId('detail-value').map(({ textContent }) => textContent)).toEqual(['[1]', '1']);
    expect(reveal).not.toHaveBeenCalled();
    await fireEvent.keyDown(list(), { key: 'Enter' });
    expect(reveal).toHaveBeenCalledWith(rangeAt(1));
    const escape = new KeyboardEvent('keydown', { key: 'Escape', cancelable: true, bubbles: true });
    list().dispatchEvent(escape);
    await tick();
    expect(screen.queryByTestId('detail')).toBeNull();
    // The second one is for the program.
    expect(escape.defaultPrevented).toBe(true);
    const again = new KeyboardEvent('keydown', { key: 'Escape', cancelable: true, bubbles: true });
    list().dispatchEvent(again);
    expect(again.defaultPrevented).toBe(false);
  });

  it('shows the place of a row that is clicked twice', async () => {
    const { bench } = await open(FEW);
    const reveal = vi.spyOn(bench, 'reveal');
    const row = rows()[2];
    if (row) await fireEvent.dblClick(row);
    expect(reveal).toHaveBeenCalledWith(rangeAt(2));
  });

  it('marks the rows of the line in which the cursor stands', async () => {
    const { bench } = await open(FEW);
    bench.cursorLine = 2;
    await tick();
    expect(rows().map(({ classList }) => classList.contains('here'))).toEqual([false, false, true, false, false]);
  });

  it('filters, counts, and shows all again', async () => {
    await open(FEW);
    expect(screen.getByTestId('hits').textContent?.trim()).toBe('5 entries');
    await fireEvent.input(screen.getByTestId('filter-function'), { target: { value: 'dom_' } });
    expect(screen.getByTestId('hits').textContent?.trim()).toBe('2 of 5');
    await fireEvent.change(screen.getByTestId('filter-state'), { target: { value: 'waiting' } });
    expect(rows()).toHaveLength(1);
    await fireEvent.input(screen.getByTestId('filter-text'), { target: { value: 'absent' } });
    expect(rows()).toHaveLength(0);
    await fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(rows()).toHaveLength(5);
  });

  it('fetches a large value when it is asked for', async () => {
    const blob = { $blob: { id: 'abc', bytes: 9004, preview: "['xxx…" } };
    const { host } = await open([runAt(0), callAt(1, 1, 'log', { args: blob })]);
    host.values.set('abc', "['xxxxxx']");
    await fireEvent.keyDown(list(), { key: 'End' });
    await fireEvent.keyDown(list(), { key: 'Enter' });
    await settle();
    expect(screen.getAllByTestId('detail-value')[0]?.textContent).toBe("['xxx…");
    await fireEvent.click(screen.getByRole('button', { name: 'Show all of it, 8.8 KB' }));
    await settle();
    expect(screen.getAllByTestId('detail-value')[0]?.textContent).toBe("['xxxxxx']");
  });
});

describe('the sequence', () => {
  it('goes through calls and answers by keys, with the same selection', async () => {
    const { bench } = await open(FEW, Sequence);
    const box = screen.getByTestId('sequence-list');
    await fireEvent.keyDown(box, { key: 'Home' });
    await fireEvent.keyDown(box, { key: 'ArrowDown' });
    await fireEvent.keyDown(box, { key: 'ArrowDown' });
    expect(bench.record.selected).toBe(1);
    const selected = screen.getByRole('option', { selected: true });
    expect(selected.getAttribute('aria-label')).toBe('Window answers Python: 1, to dom_create, line 1');
    bench.record.selected = 2;
    await tick();
    expect(screen.getByRole('option', { selected: true }).getAttribute('aria-label')).toContain('Python to Engine: storage_get(2)');
  });
});
