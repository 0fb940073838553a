import { describe, expect, it, vi } from 'vitest';
import { readPage } from '../../state/entries';
import { SessionRecord } from '../../state/record.svelte';
import { RunSession } from '../../state/session.svelte';
import { FakeHost } from '../../testing/fakeHost';
import { callAt, pageOf, rangeAt, runAt } from '../../testing/records';
import { EntryList } from './entryList.svelte';

/** A list over a record of ten rows: the rows in an order, of which one may stand at two places. */
function listed(order: number[]) {
  const record = new SessionRecord(new RunSession(new FakeHost()));
  const raw = [runAt(0), ...Array.from({ length: 9 }, (_, index) => callAt(index + 1, index, 'log'))];
  record.rows.add(readPage(pageOf(raw, 0, 100)).entries);
  let rows = $state.raw(order);
  const reveal = vi.fn();
  const door = { open: vi.fn(), close: vi.fn(() => false) };
  const places = {
    count: () => rows.length,
    rowAt: (place: number) => rows[place] ?? -1,
    placeOf: (row: number) => (rows.includes(row) ? rows.indexOf(row) : null),
  };
  const list = new EntryList({ record, reveal }, places, 24, door);
  list.scroll.height = 240;
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, cancelable: true, ...more });
    list.pressed(event);
    return event.defaultPrevented;
  };
  return { list, record, door, reveal, press, show: (next: number[]) => (rows = next) };
}

describe('a list of entries', () => {
  it('is gone through by keys, and leaves its end with the first that is not the last', () => {
    const { list, record, press } = listed([0, 2, 4, 6]);
    expect(press('ArrowUp')).toBe(true);
    expect([list.selected, record.selected, list.scroll.following]).toEqual([3, 6, true]);
    press('ArrowUp');
    expect([list.selected, record.selected, list.scroll.following]).toEqual([2, 4, false]);
    press('Home');
    expect(record.selected).toBe(0);
  });

  it('leaves alone keys that are none of its own', () => {
    const { list, press } = listed([0, 1]);
    expect([press('x'), press('Enter'), press('End', { ctrlKey: true })]).toEqual([false, false, false]);
    expect(list.selected).toBeNull();
  });

  it('opens the detail of what is selected, and takes Escape only where one was open', () => {
    const { door, press } = listed([0, 1]);
    press('Home');
    expect(press('Enter')).toBe(true);
    expect(door.open).toHaveBeenCalledOnce();
    expect(press('Escape')).toBe(false);
    door.close.mockReturnValue(true);
    expect(press('Escape')).toBe(true);
  });

  it('has the selection where its entry is shown now, whoever selected it', () => {
    const { list, record, show } = listed([0, 1, 2, 3]);
    record.selected = 2;
    expect([list.selected, list.isSelectedRendered]).toEqual([2, true]);
    show([2, 3]);
    expect(list.selected).toBe(0);
    show([1, 3]);
    expect([list.selected, list.isSelectedRendered]).toEqual([null, false]);
  });

  it('stays at the place that was chosen where an entry has two', () => {
    const { list, record, show } = listed([0, 1, 2, 1]);
    list.select(3);
    expect([record.selected, list.selected]).toEqual([1, 3]);
    show([1, 2]);
    expect(list.selected).toBe(0);
  });

  it('shows the place in the program', () => {
    const { list, reveal } = listed([0, 2]);
    list.reveal(0);
    expect(reveal).not.toHaveBeenCalled();
    list.reveal(1);
    expect(reveal).toHaveBeenCalledWith(rangeAt(2));
  });
});
