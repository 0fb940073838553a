import type { Host, OpenedProgram } from '../host/host';
import { NO_POLICY, held, type Given, type OwnFunction, type Mode, type Permission, type Policy } from './policy';
import { SAMPLE, SAMPLE_NAME, SAMPLE_POLICY } from './sample';
import { read, write } from './stored';

/** A program that is open. `grant` stands for its place on disk, where it has one. */
export type Program = { readonly id: number; name: string; code: string; grant: number | null; changed: boolean };

/** A program that was closed, and where it stood. */
export type Closed = { readonly program: Program; readonly index: number };

const SAVE_AFTER_MS = 300;
/** Of how many functions how many answers are kept, and how long one may be. */
const FUNCTIONS_KEPT = 200;
const ANSWERS_KEPT = 5;
const LONGEST_KEPT = 20_000;
const CLOSED_KEPT = 20;

/** The programs that are open and what a person has decided of functions: kept as it changes. */
export class Workspace {
  programs: readonly Program[] = $state.raw([]);
  /** The id of the program that is seen. */
  active = $state(0);
  policy: Policy = $state.raw(NO_POLICY);
  /** What calls were given last, by function, the newest first. */
  answers: Readonly<Record<string, readonly Given[]>> = $state.raw({});
  /** What was closed, the last one first. */
  closed: readonly Closed[] = $state.raw([]);
  /** Why the workspace could not be kept. */
  problem: string | null = $state(null);

  readonly #host: Pick<Host, 'saveWorkspace'>;
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `kept` is what `loadWorkspace` gave. */
  constructor(host: Pick<Host, 'saveWorkspace'>, kept: string | null) {
    this.#host = host;
    const stored = kept === null ? null : read(kept);
    const { programs, active, policy, answers } = stored ?? {
      programs: [{ name: SAMPLE_NAME, code: SAMPLE }],
      active: 0,
      policy: SAMPLE_POLICY,
      answers: {},
    };
    this.programs = programs.map((program) => this.#program(program.name, program.code, null));
    this.active = this.programs[active]?.id ?? 0;
    this.policy = policy;
    this.answers = answers;
  }

  get program(): Program {
    const program = this.programs.find(({ id }) => id === this.active) ?? this.programs[0];
    if (!program) throw new Error('a workspace has a program');
    return program;
  }

  edit(code: string): void {
    if (code === this.program.code) return;
    this.#replace(this.active, { code, changed: true });
  }

  show(id: number): void {
    if (!this.programs.some((program) => program.id === id)) return;
    this.active = id;
    this.#later();
  }

  /** Opens a program; one that is open already, by its place or in the same words, is shown. */
  open({ name, code, grant }: OpenedProgram): void {
    const here = this.programs.find((program) => grant !== null && program.grant === grant);
    const open = here ?? this.programs.find((program) => program.name === name && program.code === code);
    if (open) {
      // What was typed since is not lost to what is on disk.
      if (!open.changed) this.#replace(open.id, { code, grant: grant ?? open.grant });
      return this.show(open.id);
    }
    const program = this.#program(name, code, grant);
    this.programs = [...this.programs, program];
    this.show(program.id);
  }

  /** A new, empty program. */
  add(): void {
    const isTaken = (wanted: string) => this.programs.some(({ name }) => name === wanted);
    let number = 1;
    while (isTaken(`program-${number}.py`)) number += 1;
    this.open({ name: `program-${number}.py`, code: '', grant: null });
  }

  rename(id: number, name: string): void {
    const plain = name.trim();
    if (plain !== '') this.#replace(id, { name: plain, grant: null });
  }

  /** Closes a program; returns it, so that it can be opened again. */
  closeProgram(id: number): Program | null {
    const index = this.programs.findIndex((program) => program.id === id);
    const gone = this.programs[index];
    if (!gone) return null;
    const rest = this.programs.filter((program) => program !== gone);
    // An empty one is made anew as easily.
    if (gone.code !== '') this.closed = [{ program: gone, index }, ...this.closed].slice(0, CLOSED_KEPT);
    this.programs = rest.length > 0 ? rest : [this.#program(SAMPLE_NAME, '', null)];
    const beside = this.programs[Math.min(index, this.programs.length - 1)];
    if (this.active === id && beside) this.active = beside.id;
    this.#later();
    return gone;
  }

  /** Opens again what was closed last. */
  reopen(): void {
    const [last, ...others] = this.closed;
    if (!last) return;
    this.closed = others;
    // The empty one that stood in for the last program goes again.
    const rest = this.programs.filter(({ code, grant }, _, { length }) => length > 1 || code !== '' || grant !== null);
    this.programs = rest.toSpliced(last.index, 0, last.program);
    this.show(last.program.id);
  }

  /** Moves a program to another place among the others. */
  move(id: number, to: number): void {
    const from = this.programs.findIndex((program) => program.id === id);
    const moved = this.programs[from];
    if (!moved || to === from || to < 0 || to >= this.programs.length) return;
    this.programs = this.programs.toSpliced(from, 1).toSpliced(to, 0, moved);
    this.#later();
  }

  /** A program was saved to disk. */
  saved(id: number, name: string, grant: number | null): void {
    this.#replace(id, { name, grant, changed: false });
  }

  /** Declares a function, in the place of the one called `before`; what was decided of that holds for it. */
  declare(own: OwnFunction, before = own.name): void {
    const { functions, modes, permissions } = this.policy;
    const others = functions.filter(({ name }) => name !== own.name || name === before);
    const isNew = !others.some(({ name }) => name === before);
    this.decide({
      functions: isNew ? [...others, own] : others.map((each) => (each.name === before ? own : each)),
      modes: renamed(modes, before, own.name),
      permissions: renamed(permissions, before, own.name),
    });
    this.answers = renamed(this.answers, before, own.name);
  }

  forget(name: string): void {
    const functions = this.policy.functions.filter((own) => own.name !== name);
    const { modes, permissions } = this.policy;
    this.decide({ functions, modes: changed(modes, name, null), permissions: changed(permissions, name, null) });
  }

  /** Who answers a function; null for its extension. */
  answerBy(name: string, mode: Mode | null): void {
    this.decide({ modes: changed(this.policy.modes, name, mode) });
  }

  /** Whether there may be calls that a pattern fits; null where nothing is said. */
  permit(pattern: string, permission: Permission | null): void {
    this.decide({ permissions: changed(this.policy.permissions, pattern, permission) });
  }

  /** Keeps what a call was given, to be given again. */
  remember(name: string, given: Given): void {
    const said = JSON.stringify(given);
    if (said.length > LONGEST_KEPT) return;
    const before = (held(this.answers, name) ?? []).filter((each) => JSON.stringify(each) !== said);
    const others = Object.entries(this.answers).filter(([each]) => each !== name);
    const kept: [string, readonly Given[]] = [name, [given, ...before].slice(0, ANSWERS_KEPT)];
    this.answers = Object.fromEntries([...others.slice(1 - FUNCTIONS_KEPT), kept]);
    this.#later();
  }

  decide(part: Partial<Policy>): void {
    this.policy = { ...this.policy, ...part };
    this.#later();
  }

  /** Keeps now what waits to be kept. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#keep();
  }

  #program(name: string, code: string, grant: number | null): Program {
    this.#next += 1;
    return { id: this.#next, name, code, grant, changed: false };
  }

  #replace(id: number, part: Partial<Omit<Program, 'id'>>): void {
    this.programs = this.programs.map((program) => (program.id === id ? { ...program, ...part } : program));
    this.#later();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  async #keep(): Promise<void> {
    const programs = this.programs.map(({ name, code }) => ({ name, code }));
    const active = this.programs.findIndex(({ id }) => id === this.active);
    try {
      await this.#host.saveWorkspace(write({ programs, active, policy: this.policy, answers: this.answers }));
      this.problem = null;
    } catch (cause) {
      this.problem = cause instanceof Error ? cause.message : String(cause);
    }
  }
}

function renamed<T>(table: Readonly<Record<string, T>>, before: string, after: string): Record<string, T> {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key === before ? after : key, value]));
}

/** A table with another value under a key, or, for null, without the key. */
function changed<T>(table: Record<string, T>, key: string, value: T | null): Record<string, T> {
  const rest = Object.entries(table).filter(([each]) => each !== key);
  return Object.fromEntries(value === null ? rest : [...rest, [key, value]]);
}
