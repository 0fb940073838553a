// Events and replies take different ways to the page. A reply says how many events went before it,
// and waits here until they have come.

import type { Answer, Batch, EdgeReply } from './types';

export class Inbox {
  #received = 0;
  #waiting: { events: number; resolve: () => void }[] = [];
  readonly #onEvents: (batch: Batch) => void;

  constructor(onEvents: (batch: Batch) => void) {
    this.#onEvents = onEvents;
  }

  take(batch: Batch) {
    this.#received = batch.first + batch.events.length;
    this.#onEvents(batch);
    this.#waiting = this.#waiting.filter(({ events, resolve }) => {
      if (this.#received < events) return true;
      resolve();
      return false;
    });
  }

  /** The answer, when as many events have come as went before it. */
  async after({ events, answer }: EdgeReply): Promise<Answer> {
    if (this.#received < events) {
      await new Promise<void>((resolve) => this.#waiting.push({ events, resolve }));
    }
    return answer;
  }
}
