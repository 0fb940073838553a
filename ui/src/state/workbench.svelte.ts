import type { Dropped, Handed, Host, Range } from '../host/host';
import { fromBase64 } from '../text/base64';
import { count } from '../text/units';
import { AsideSession } from './aside';
import { Catalog } from './catalog.svelte';
import { Diagnoser } from './diagnoser.svelte';
import { Files, type Picked } from './files.svelte';
import { Folders } from './folders.svelte';
import { Left } from './left.svelte';
import { LimitInputs } from './limits.svelte';
import { EventLoop } from './loop.svelte';
import { settingsOf } from './policy';
import { Prompt } from './prompt.svelte';
import { RecentPrograms } from './recent.svelte';
import { SessionRecord } from './record.svelte';
import { RunSession } from './session.svelte';
import type { Settings } from './settings.svelte';
import { Variables } from './variables.svelte';
import { Snapshots } from './snapshots.svelte';
import { Workspace } from './workspace.svelte';

/** What a program of the window can call. A browser has no fetch for programs. */
const EVERYWHERE = ['host', 'dom', 'el', 'storage', 'msg', 'sandbox', 'tmpl'];
export const EXTENSIONS = { browser: EVERYWHERE, desktop: [...EVERYWHERE, 'fetch'] };

/** A stretch of a program as it runs or ran, or as it is now; `nth` tells two wishes for the same stretch apart. */
export type Revealed = { range: Range; nth: number; of: 'run' | 'now' };
/** What was done, in words; `nth` tells two of them apart. */
export type Told = { text: string; nth: number };

/** Everything that is on the table: what panels show, and what a person can do. */
export class Workbench {
  readonly host: Host;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly session: RunSession;
  /** Where questions about texts and functions are asked. */
  readonly aside: AsideSession;
  readonly record: SessionRecord;
  readonly diagnoser: Diagnoser;
  readonly limits: LimitInputs;
  readonly catalog: Catalog;
  readonly prompt: Prompt;
  readonly variables: Variables;
  readonly loop: EventLoop;
  readonly recent: RecentPrograms;
  readonly folders: Folders;
  readonly files: Files;
  readonly left: Left;
  readonly snapshots: Snapshots;
  /** The name under which runs what runs, or ran last. */
  script = $state('');
  /** A stretch that somebody wants to see in the editor. */
  revealed: Revealed | null = $state.raw(null);
  /** A stretch that a panel points at, for as long as it does. */
  pointed: Range | null = $state.raw(null);
  /** The line of the cursor in the editor. */
  cursorLine = $state(1);
  /** What the field of the palette holds when it opens; null while it is closed. */
  palette: string | null = $state(null);
  /** What was done last beside a run, for the status bar. */
  told: Told | null = $state.raw(null);
  /** What went wrong beside a run, such as a file that could not be opened. */
  notice: string | null = $state(null);

  /** The program as it was when it ran last. */
  #ran: { name: string; code: string } | null = null;

  constructor(host: Host, settings: Settings, kept: string | null) {
    this.host = host;
    this.settings = settings;
    this.workspace = new Workspace(host, kept);
    this.recent = new RecentPrograms(host);
    this.files = new Files({ places: () => this.folders.places });
    this.folders = new Folders(host, () => this.files.list.map(({ path }) => path));
    this.session = new RunSession(host);
    this.record = new SessionRecord(this.session);
    this.aside = new AsideSession(host);
    this.diagnoser = new Diagnoser(this.aside);
    this.limits = new LimitInputs(settings.values.timeoutMs, settings.values.memoryMb);
    this.catalog = new Catalog(this);
    this.prompt = new Prompt(this);
    this.variables = new Variables(this.session);
    this.loop = new EventLoop(this.session);
    this.left = new Left(host, this.session, () => this.files.list);
    this.snapshots = new Snapshots({
      host,
      session: this.session,
      program: () => this.#ran,
      settings: this.programSettings,
      show: ({ name, code }) => {
        this.workspace.open({ name, code, grant: null });
        this.#runs({ name, code });
      },
    });
    host.watchFiles(({ files, how }) => void this.take(files, how));
    void this.recent.refresh();
  }

  get extensions(): string[] {
    return EXTENSIONS[this.host.kind];
  }

  /** Stretches that wait: a call to be answered by hand, calls that wait for something outside. */
  get lit(): readonly Range[] {
    const { pending, waits } = this.session;
    return [pending?.range, ...waits.map(({ range }) => range)].filter((range) => range !== null && range !== undefined);
  }

  /** Where a program that computes was seen last; null while something is lit, which says more. */
  get seen(): Range | null {
    const { phase, lastCall } = this.session;
    return phase === 'running' && this.lit.length === 0 ? lastCall : null;
  }

  /** Runs the program that is seen. */
  run = (): void => this.#begin(false);

  /** Runs it up to its first call, or from one call to the next. */
  step = (): void => {
    const { step } = this.session.asks;
    if (step) this.session.asks.decide(step, true);
    else this.#begin(true);
  };

  /** Lets a program go on that is gone through call by call. */
  goOn = (): void => {
    const { step } = this.session.asks;
    if (step) this.session.asks.goOn(step);
  };

  #begin(step: boolean): void {
    const { limits } = this.limits;
    if (!limits) return document.querySelector<HTMLInputElement>('input[aria-invalid=true]')?.focus();
    if (this.session.phase !== 'idle') return;
    const { name, code } = this.workspace.program;
    this.workspace.flush();
    this.#runs({ name, code });
    const source = { code, limits, cell: name, extensions: this.extensions, step };
    void this.session.run(source, this.programSettings(), this.files.takeGone());
  }

  /**
   * What holds for all that runs, as JSON, once the files of former launches are there. Whoever runs
   * something says exactly this: a session that was told it already is not told again.
   */
  programSettings = async (): Promise<string> => {
    await Promise.all([this.files.ready, this.folders.ready]);
    return this.files.addTo(this.folders.addTo(settingsOf(this.workspace.policy)));
  };

  stop = (): void => void this.session.stop();
  reset = (): void => void this.session.reset();

  /** Shows a stretch in the editor. */
  reveal(range: Range, of: Revealed['of'] = 'run'): void {
    const program = this.workspace.programs.find(({ name }) => name === range.filename);
    if (program) this.workspace.show(program.id);
    this.revealed = { range, nth: (this.revealed?.nth ?? 0) + 1, of };
  }

  tell(text: string): void {
    this.told = { text, nth: (this.told?.nth ?? 0) + 1 };
  }

  open = (): Promise<void> =>
    this.#attempt('The file could not be opened', async () => {
      const opened = await this.host.openProgram();
      if (opened) this.workspace.open(opened);
    });

  /** Opens a program that was opened before. */
  openRecent = (number: number): Promise<void> =>
    this.#attempt('The file could not be opened', async () => {
      const opened = await this.host.recent?.open(number);
      if (opened) this.workspace.open(opened);
    });

  save = (): Promise<void> =>
    this.#attempt('The program could not be saved', async () => {
      const { id, grant, name, code } = this.workspace.program;
      const saved = await this.host.saveProgram(grant, name, code);
      if (!saved) return;
      this.workspace.saved(id, saved.name, saved.grant);
      this.tell(`Saved ${saved.name}`);
    });

  /**
   * Files that came to the window: the first one dropped is for a program that asks, then programs
   * are to be edited, and all others for programs to find.
   */
  take = (files: readonly (Dropped | File)[], how: Handed['how'] = 'dropped'): Promise<void> =>
    this.#attempt('The file could not be opened', async () => {
      const data: Picked[] = [];
      for (const file of files) {
        const isGranted = 'grant' in file;
        if (isGranted && how === 'dropped' && this.session.giveDropped(file)) continue;
        if (isProgram(file.name)) this.workspace.open(await this.host.readProgram(isGranted ? file.grant : file));
        else data.push(isGranted ? this.#pickedOf(file) : file);
      }
      if (data.length > 0) await this.#give(data);
    });

  #pickedOf({ name, size, grant }: Dropped): Picked {
    return { name, size, arrayBuffer: async () => fromBase64(await this.host.readData(grant)).buffer };
  }

  /** Lets programs find files, and shows them where what did not fit is said too. */
  async #give(data: readonly Picked[]): Promise<void> {
    await this.files.ready;
    const last = await this.files.add(data);
    this.settings.change({ side: 'files' });
    if (last !== null) this.tell(data.length === 1 ? `Programs find ${last}` : `Programs find ${count(data.length, 'file')}`);
  }

  #runs(program: { name: string; code: string }): void {
    this.#ran = program;
    this.script = program.name;
  }

  close(): void {
    this.settings.flush();
    this.workspace.flush();
    void this.session.close();
    this.diagnoser.close();
    this.aside.close();
    this.left.drop();
  }

  async #attempt(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.notice = null;
    } catch (cause) {
      this.notice = `${what}: ${cause instanceof Error ? cause.message : String(cause)}.`;
    }
    void this.recent.refresh();
  }
}

function isProgram(name: string): boolean {
  return /\.pyw?$/i.test(name);
}
