import { describe, expect, it } from 'vitest';
import { Recall } from './recall';
import type { RunError } from './types';
import type { LogItem } from './worker-messages';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const item = (kind: string, name = '', content = ''): LogItem => ({ kind, name, bytes: new TextEncoder().encode(content) });
const entry = (seq: number, kind: string, more: object = {}) => item('line', '', JSON.stringify({ seq, atMs: 0, kind, ...more }));
const told = (recall: Recall) => recall.items().map(({ kind, name, bytes }) => [kind, name, text(bytes)]);
const kinds = (recall: Recall) =>
  recall.items().map(({ bytes }): unknown => {
    const line: { kind: string } = JSON.parse(text(bytes));
    return line.kind;
  });

const ERROR: RunError = { kind: 'cancelled', excType: 'KeyboardInterrupt', message: 'm', traceback: [], limit: null, max: null };
const USAGE = { elapsedMs: 1, waitMs: 0, peakMemoryBytes: 0, hostCalls: 0, prints: 0 };

describe('Recall', () => {
  it('keeps the last rest, lines as they came, and no dump that has gone', () => {
    const recall = new Recall();
    recall.take([entry(0, 'run'), item('value', 'v', '1'), item('dump', '0', 'a'), item('dump', '1', 'b'), item('rest', '', 'old')]);
    recall.take([entry(1, 'call'), entry(0, 'run', { code: 'x' }), item('gone', '0'), item('rest', '', 'new')]);
    expect(told(recall)).toEqual([
      ['line', '', '{"seq":0,"atMs":0,"kind":"run"}'],
      ['line', '', '{"seq":1,"atMs":0,"kind":"call"}'],
      ['line', '', '{"seq":0,"atMs":0,"kind":"run","code":"x"}'],
      ['value', 'v', '1'],
      ['dump', '1', 'b'],
      ['rest', '', 'new'],
    ]);
  });

  it('takes an empty rest for none', () => {
    const recall = new Recall();
    recall.take([item('rest', '', 'old'), item('rest')]);
    expect(recall.items()).toEqual([]);
  });

  it('lets the oldest large values go', () => {
    const recall = new Recall();
    const megabytes = (name: string, size: number) => ({ kind: 'value', name, bytes: new Uint8Array(size * 1024 * 1024) });
    recall.take([megabytes('a', 30), megabytes('b', 30), megabytes('c', 30)]);
    expect(recall.items().map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it('tells the pause that waits', () => {
    const recall = new Recall();
    expect(recall.openPause()).toBeNull();
    recall.take([entry(0, 'run'), entry(1, 'call', { lane: 'host' }), entry(2, 'print')]);
    expect(recall.openPause()).toBe(1);
    recall.take([entry(3, 'call', { lane: 'clock' }), entry(4, 'futures')]);
    expect(recall.openPause()).toBe(4);
    recall.take([entry(5, 'end')]);
    expect(recall.openPause()).toBeNull();
  });

  it('reads lines that came in one piece', () => {
    const recall = new Recall();
    recall.take([item('line', '', '{"seq":0,"atMs":0,"kind":"run"}\n{"seq":1,"atMs":0,"kind":"call","lane":"host"}\n{"seq":2,"atMs":0,"kind":"print"}')]);
    expect(recall.openPause()).toBe(1);
    recall.ended(ERROR, USAGE, 5);
    expect(recall.openPause()).toBeNull();
    expect(JSON.parse(text(recall.items()[1]?.bytes ?? new Uint8Array()))).toMatchObject({ seq: 3, kind: 'end' });
  });

  it('records the end of a program whose worker could not, once', () => {
    const recall = new Recall();
    recall.ended(ERROR, USAGE, 5);
    expect(kinds(recall)).toEqual([]);
    recall.take([entry(0, 'run'), entry(1, 'print')]);
    recall.ended(ERROR, USAGE, 5);
    recall.ended(ERROR, USAGE, 5);
    expect(kinds(recall)).toEqual(['run', 'print', 'end']);
    expect(JSON.parse(text(recall.items()[2]?.bytes ?? new Uint8Array()))).toEqual({
      seq: 2,
      atMs: 5,
      kind: 'end',
      ok: false,
      error: ERROR,
      usage: USAGE,
    });
  });
});
