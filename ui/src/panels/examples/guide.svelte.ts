import { after, search, type Example } from '../../examples';
import type { Needs } from '../../examples/header';
import type { Workbench } from '../../state/workbench.svelte';
import { provide, type Provided } from './provide';

type Bench = Pick<Workbench, 'workspace' | 'limits' | 'session' | 'run' | 'stop'>;
type Lent = { was: string; is: string };
const NOTHING: Provided = { added: [], left: [] };

/** Where somebody is among the examples: what they look for, and which one they follow. */
export class Guide {
  query = $state('');
  /** The example that is followed; null while the list is seen. */
  followed: Example | null = $state.raw(null);
  /** What opening it has changed, and what it would have. */
  provided: Provided = $state.raw(NOTHING);
  /** Limits that it set; they are put back when it is left. */
  lent: Readonly<Partial<Record<'time' | 'memory', Lent>>> = $state.raw({});

  readonly #bench: Bench;
  #program = 0;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  get found(): readonly Example[] {
    return search(this.query);
  }

  get next(): Example | null {
    return this.followed && after(this.followed);
  }

  /** The example whose tab is seen, as far as its name tells. */
  get seen(): string | null {
    return this.found.find(({ name }) => name === this.#bench.workspace.program.name)?.id ?? null;
  }

  /** Opens an example beside what is open, and adds what it needs to the workspace. */
  open(example: Example): void {
    this.giveBack();
    this.#show(example);
    const { needs } = example;
    this.provided = needs ? provide(this.#bench.workspace, needs) : NOTHING;
    if (needs) this.#lend(needs);
    this.followed = example;
  }

  close(): void {
    this.giveBack();
    this.followed = null;
  }

  /** Runs the example that is followed, in its tab; opens it again where that was closed. */
  run(): void {
    const { workspace } = this.#bench;
    if (!this.followed) return;
    if (workspace.programs.some(({ id }) => id === this.#program)) workspace.show(this.#program);
    else this.#show(this.followed);
    this.#bench.run();
  }

  stop(): void {
    this.#bench.stop();
  }

  /** Sets limits back to what they were, unless somebody has changed them since. */
  giveBack(): void {
    const { limits } = this.#bench;
    for (const name of ['time', 'memory'] as const) {
      const lent = this.lent[name];
      if (lent && limits[name].text === lent.is) limits[name].text = lent.was;
    }
    this.lent = {};
  }

  #show({ name, code }: Example): void {
    const { workspace } = this.#bench;
    const open = workspace.programs.find((program) => program.code === code && isNamed(program.name, name));
    if (open) workspace.show(open.id);
    else workspace.open({ name: free(name, workspace.programs.map((program) => program.name)), code, grant: null });
    this.#program = workspace.program.id;
  }

  #lend({ timeoutMs, memoryMb }: Needs): void {
    const { limits } = this.#bench;
    const lent: { time?: Lent; memory?: Lent } = {};
    for (const [name, wanted] of [['time', timeoutMs], ['memory', memoryMb]] as const) {
      const is = String(wanted);
      if (wanted === null || limits[name].text === is) continue;
      lent[name] = { was: limits[name].text, is };
      // The field only, not the settings: the next launch has the person's own limit again.
      limits[name].text = is;
    }
    this.lent = lent;
  }
}

const guides = new WeakMap<Workbench, Guide>();

/** The one guide of a workbench: the panel comes and goes, the place of a reader stays. */
export function guideOf(bench: Workbench): Guide {
  const guide = guides.get(bench) ?? new Guide(bench);
  guides.set(bench, guide);
  return guide;
}

/** Whether a name is this one, or this one with a number. */
function isNamed(name: string, wanted: string): boolean {
  return name === wanted || name.replace(/-\d+\.py$/, '.py') === wanted;
}

/** A name that no other program has: an example that was changed stays what it became. */
function free(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let number = 2; taken.includes(name); number += 1) name = wanted.replace(/\.py$/, `-${number}.py`);
  return name;
}
