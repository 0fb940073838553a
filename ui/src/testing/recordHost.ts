import type { Answer, Batch, Session } from '../host/host';
import { FakeHost } from './fakeHost';
import { type Raw, pageOf } from './records';

/** A host whose sessions have a record, which tests write. */
export class RecordHost extends FakeHost {
  entries: Raw[] = [];
  recording = true;
  values = new Map<string, string>();
  /** What was asked of the record: where pages began, and how many entries they could have. */
  asked: [from: number, limit: number | null][] = [];
  /** Settled before a page is given; tests replace it. */
  held: Promise<void> = Promise.resolve();
  /** Why there is no page. */
  refusal: string | null = null;

  override async openSession(onEvents: (batch: Batch) => void): Promise<Session> {
    const session = await super.openSession(onEvents);
    return {
      ...session,
      record: async (from, limit) => {
        this.asked.push([from, limit]);
        await this.held;
        if (this.refusal !== null) return { state: 'refused', code: 'badState', message: this.refusal, reason: null };
        return this.#page(from, limit);
      },
      recordValue: async (id) => {
        const repr = this.values.get(id);
        if (repr === undefined) return { state: 'refused', code: 'badMessage', message: 'it is not kept', reason: null };
        return { state: 'recordValue', value: { json: JSON.stringify(repr), repr } };
      },
      setRecording: async (on) => {
        this.recording = on;
        return this.#page(0, 0);
      },
    };
  }

  #page(from: number, limit: number | null): Answer {
    return { state: 'record', page: pageOf(this.entries, from, limit ?? 1000, this.recording) };
  }
}
