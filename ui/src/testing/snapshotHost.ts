import type { Answer, Batch, Event, Session } from '../host/host';
import type { EdgeSource } from '../host/types';
import { FakeHost, USAGE } from './fakeHost';

export const valueOf = (value: unknown): Answer => ({ state: 'value', value: { json: JSON.stringify(value), repr: '' }, usage: USAGE });

/** A host whose sessions can be copied: tests decide what a snapshot is, how it is restored, and what the copies say. */
export class SnapshotHost extends FakeHost {
  data = 'AAEC';
  restored: { data: string; acceptForeign: boolean }[] = [];
  saved: { filename: string; data: string }[] = [];
  onrestore: () => Promise<Answer> = async () => ({ state: 'idle' });
  /** What copies answer, where a test looks into one. */
  onread: ((source: EdgeSource) => Answer) | null = null;
  #say: (events: Event[]) => void = () => undefined;

  override async openSession(onEvents: (batch: Batch) => void): Promise<Session> {
    const session = await super.openSession(onEvents);
    const nth = this.opened;
    this.#say = (events) => onEvents({ first: 0, events });
    return {
      ...session,
      feed: (source) => (nth > 1 && this.onread ? Promise.resolve(this.onread(source)) : session.feed(source)),
      setRecording: async () => ({ state: 'record', page: '{}' }),
      snapshot: async () => ({ state: 'snapshot', data: this.data }),
      restore: (data, acceptForeign) => {
        this.restored.push({ data, acceptForeign });
        return this.onrestore();
      },
    };
  }

  /** What the session opened last says without having been asked. */
  says(events: Event[]): void {
    this.#say(events);
  }

  override saveFile = async (filename?: string, data?: string): Promise<undefined> => {
    this.saved.push({ filename: filename ?? '', data: data ?? '' });
  };
}
