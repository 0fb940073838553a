import type { Diagnostic, Host, Session } from '../host/host';

export type Diagnosed = { code: string; diagnostics: Diagnostic[] };

/** How long a text has to rest before somebody is asked about it. */
const REST_MS = 250;

/**
 * Asks what is wrong with a text while it is typed. It has a session of its own: a running program
 * does not delay it, and a source that breaks the session costs nobody else.
 */
export class Diagnoser {
  /** The last answer, and the text that it is about. */
  latest: Diagnosed | null = $state.raw(null);

  readonly #host: Host;
  #session: Promise<Session> | null = null;
  #code = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #closed = false;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes the text as it is now. */
  edited(code: string): void {
    this.#code = code;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#rested(), REST_MS);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#abandon();
  }

  async #rested(): Promise<void> {
    this.#timer = undefined;
    // One question at a time: what came meanwhile is asked after the answer.
    if (this.#asking || this.#closed) return;
    this.#asking = true;
    const code = this.#code;
    const diagnostics = await this.#diagnose(code);
    this.#asking = false;
    if (code === this.#code) this.latest = { code, diagnostics };
    else if (this.#timer === undefined) void this.#rested();
  }

  /** Nobody has to know of a question that was not answered: the next one is asked anew. */
  async #diagnose(code: string): Promise<Diagnostic[]> {
    try {
      this.#session ??= this.#host.openSession(() => undefined);
      const answer = await (await this.#session).diagnose(code);
      return answer.state === 'diagnostics' ? answer.diagnostics : [];
    } catch {
      this.#abandon();
      return [];
    }
  }

  #abandon(): void {
    const session = this.#session;
    this.#session = null;
    session?.then((session) => session.close()).catch(() => undefined);
  }
}
