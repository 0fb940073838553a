import type { Diagnostic } from '../host/host';
import type { AsideSession } from './aside';

export type Diagnosed = { code: string; diagnostics: Diagnostic[] };

/** How long a text has to rest before somebody is asked about it. */
const REST_MS = 250;

/** Asks what is wrong with a text while it is typed, aside of what runs. */
export class Diagnoser {
  /** The last answer, and the text that it is about. */
  latest: Diagnosed | null = $state.raw(null);

  readonly #aside: AsideSession;
  #code = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #closed = false;

  constructor(aside: AsideSession) {
    this.#aside = aside;
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
      const answer = await this.#aside.ask((session) => session.diagnose(code));
      return answer.state === 'diagnostics' ? answer.diagnostics : [];
    } catch {
      return [];
    }
  }
}
