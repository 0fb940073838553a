import type { Described, Session } from '../host/host';
import { NO_POLICY, settingsOf } from './policy';
import type { Workbench } from './workbench.svelte';

type Bench = Pick<Workbench, 'aside' | 'extensions' | 'workspace'>;

/** The functions that programs can call, in every form that follows from their declarations. */
export class Catalog {
  described: Described | null = $state.raw(null);
  problem: string | null = $state(null);

  readonly #bench: Bench;
  #asked = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Asks anew, aside: a program that runs would have to be waited for. */
  async refresh(): Promise<void> {
    const asked = ++this.#asked;
    try {
      await this.#bench.aside.ask((session) => this.#ask(session, asked));
    } catch (cause) {
      if (asked === this.#asked) this.problem = cause instanceof Error ? cause.message : String(cause);
    }
  }

  async #ask(session: Session, asked: number): Promise<void> {
    const { extensions, workspace } = this.#bench;
    const told = await session.configure(settingsOf(workspace.policy));
    if (asked !== this.#asked) return;
    this.problem = told.state === 'refused' ? told.message : null;
    // What was taken before would hold on, and be described as if it were what is refused.
    if (told.state === 'refused') await session.configure(settingsOf(NO_POLICY));
    const answer = await session.describe(extensions);
    if (answer.state === 'described' && asked === this.#asked) this.described = answer.described;
  }
}
