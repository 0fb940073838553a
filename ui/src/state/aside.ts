import type { Host, Session } from '../host/host';

/**
 * A session for questions, in which no program runs: none delays an answer, and a question that
 * breaks the session costs no program. It opens with the first one.
 */
export class AsideSession {
  readonly #host: Pick<Host, 'openSession'>;
  #opening: Promise<Session> | null = null;

  constructor(host: Pick<Host, 'openSession'>) {
    this.#host = host;
  }

  /** Asks something. Where the session was lost this fails, and the next question has a new one. */
  async ask<T>(send: (session: Session) => Promise<T>): Promise<T> {
    const opening = (this.#opening ??= this.#host.openSession(() => undefined));
    try {
      return await send(await opening);
    } catch (cause) {
      // Whoever asked at the same time may have noticed before, and somebody may have asked anew.
      if (opening === this.#opening) this.close();
      throw cause;
    }
  }

  close(): void {
    const opening = this.#opening;
    this.#opening = null;
    opening?.then((session) => session.close()).catch(() => undefined);
  }
}
