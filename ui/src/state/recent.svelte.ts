import type { Host, RecentProgram } from '../host/host';

/** Programs that were opened or saved last, where the host remembers them. */
export class RecentPrograms {
  /** The last one first. */
  list: readonly RecentProgram[] = $state.raw([]);
  readonly #host: Pick<Host, 'recent'>;

  constructor(host: Pick<Host, 'recent'>) {
    this.#host = host;
  }

  /** Asks for them anew. The list only saves a search, so one that cannot be had stays as it was. */
  async refresh(): Promise<void> {
    if (this.#host.recent) this.list = await this.#host.recent.list().catch(() => this.list);
  }
}
