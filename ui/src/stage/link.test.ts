import { describe, expect, it } from 'vitest';
import { openLink } from './link';
import { readReport, type Report } from './reports';

const event = { type: 'event', handle: 3, eventType: 'click', value: null };
const painted = { type: 'painted', seq: 4, ms: 0.5, empty: true, refused: 0, why: null };

describe('readReport', () => {
  it.each([
    event,
    { ...event, value: 'text' },
    { ...event, value: false },
    painted,
    { type: 'isolated', results: [{ name: 'eval', closed: false }] },
    { type: 'shortcut', keys: 'Mod+Enter' },
    { type: 'focusWanted' },
  ])('takes %o', (data) => expect(readReport(data)).toEqual(data));

  it.each([
    null,
    'event',
    [],
    {},
    { type: '__proto__' },
    { ...event, handle: '3' },
    { ...event, handle: -1 },
    { ...event, handle: 1.5 },
    { ...event, eventType: 'x'.repeat(41) },
    { ...event, eventType: undefined },
    { ...event, value: { toString: 'x' } },
    { ...event, value: 5 },
    { ...event, value: 'x'.repeat(10_000_001) },
    { ...painted, seq: null },
    { ...painted, empty: 1 },
    { type: 'isolated' },
    { type: 'isolated', results: [{ name: 'eval' }] },
    { type: 'shortcut', keys: 'x'.repeat(41) },
    { type: 'shortcut', keys: ['Escape'] },
    { type: 'shortcut' },
  ])('refuses %o', (data) => expect(readReport(data)).toBeNull());

  it('keeps nothing that it does not know', () => {
    expect(readReport({ ...event, more: 1 })).toEqual(event);
  });
});

describe('openLink', () => {
  it('hands over the port in the first message, and hears only what comes back by it', async () => {
    const ports: MessagePort[] = [];
    const heard: Report[] = [];
    const target = {
      postMessage(message: string, _: string, handed: MessagePort[]) {
        expect(message).toBe('stage');
        ports.push(...handed);
      },
    };
    const arrived = new Promise<void>((resolve) => {
      const link = openLink(target, (report) => {
        heard.push(report);
        resolve();
      });
      link.paint([{ op: 'remove', handle: 2 }], 7);
    });
    const [port] = ports;
    const first = new Promise((resolve) => port && (port.onmessage = ({ data }) => resolve(data)));
    expect(await first).toEqual({ type: 'patches', patches: [{ op: 'remove', handle: 2 }], seq: 7 });
    postMessage(event, '*');
    port?.postMessage('nonsense');
    port?.postMessage({ ...event, handle: 9 });
    await arrived;
    expect(heard).toEqual([{ ...event, handle: 9 }]);
  });
});
