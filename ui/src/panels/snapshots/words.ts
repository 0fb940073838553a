import type { Contents } from '../../state/snapshotFile';

/** What a session did when its snapshot was taken. */
export function doingWords({ doing, script }: Pick<Contents, 'doing' | 'script'>): string {
  const where = script === '' ? '' : ` of ${script}`;
  if (!doing) return script === '' ? 'At rest' : `At rest after ${script}`;
  if (doing.call === 'futures') return `Waits for calls that were left open${where}`;
  return doing.line === null ? `Waits at ${doing.call}${where}` : `Waits at ${doing.call}, line ${doing.line}${where}`;
}

/** A time of today as hour and minute, an older one with its day. */
export function timeWords(ms: number, now: number): string {
  const time = new Date(ms);
  const isToday = time.toDateString() === new Date(now).toDateString();
  const clock = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return isToday ? clock : `${time.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${clock}`;
}
