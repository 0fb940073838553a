import type { Described } from '../host/host';
import { settingsOf } from './policy';
import type { Workbench } from './workbench.svelte';

/** The functions that programs can call, in every form that follows from their declarations. */
export class Catalog {
  described: Described | null = $state.raw(null);
  problem: string | null = $state(null);

  readonly #bench: Pick<Workbench, 'host' | 'extensions' | 'workspace'>;
  #asked = 0;

  constructor(bench: Pick<Workbench, 'host' | 'extensions' | 'workspace'>) {
    this.#bench = bench;
  }

  /** Asks anew, in a session of its own: a program that runs would have to be waited for. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    const { host, extensions, workspace } = this.#bench;
    try {
      const session = await host.openSession(() => undefined);
      try {
        const told = await session.configure(settingsOf(workspace.policy));
        if (asked === this.#asked) this.problem = told.state === 'refused' ? told.message : null;
        const answer = await session.describe(extensions);
        if (answer.state === 'described' && asked === this.#asked) this.described = answer.described;
      } finally {
        void session.close();
      }
    } catch (cause) {
      if (asked === this.#asked) this.problem = cause instanceof Error ? cause.message : String(cause);
    }
  }
}
