/** Where a key leads from the item with this number, -1 for none, in a list with one stop for the Tab key; null where it leads nowhere. */
export function leadsTo(key: string, at: number, count: number, way: 'row' | 'column'): number | null {
  const [back, on] = way === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  if (count === 0) return null;
  if (key === 'Home' || (key === on && at === count - 1)) return 0;
  if (key === 'End' || (key === back && at <= 0)) return count - 1;
  return key === on ? at + 1 : key === back ? at - 1 : null;
}
