import type { ChosenFolder, Host, MountMode, MountedFolder } from '../host/host';

/** Folders of the machine that programs see, by number and name: where they are only the host knows. */
export class Folders {
  /** What is mounted, and what was and can be again. */
  list: readonly MountedFolder[] = $state.raw([]);
  /** A folder that somebody has chosen, before it is mounted. */
  chosen: ChosenFolder | null = $state.raw(null);
  /** Why something was not done. */
  problem: string | null = $state(null);
  /** When it is known what is mounted. */
  readonly ready: Promise<void>;

  readonly #host: Host['folders'];
  /** Paths of files in memory. */
  readonly #files: () => readonly string[];

  constructor(host: Pick<Host, 'folders'>, files: () => readonly string[] = () => []) {
    this.#host = host.folders;
    this.#files = files;
    this.ready = this.#change((host) => host.list());
  }

  /** Whether folders can be mounted here at all. */
  get can(): boolean {
    return this.#host !== null;
  }

  /** Where programs see folders of the machine. */
  get places(): readonly string[] {
    return this.list.filter(({ mounted }) => mounted).map(({ place }) => place);
  }

  /** Lets a person choose one in a dialog of the system. */
  async choose(): Promise<void> {
    if (!this.#host) return;
    try {
      this.problem = null;
      this.chosen = await this.#host.choose();
    } catch (cause) {
      this.#fails(cause);
    }
  }

  cancel(): void {
    this.chosen = this.problem = null;
  }

  /** Lets programs see what was chosen, from the next run on. Whether that was done. */
  async mount(place: string, mode: MountMode): Promise<boolean> {
    const { chosen } = this;
    if (!chosen) return false;
    const within = `${place.trim().replace(/\/+$/, '')}/`;
    const file = this.#files().find((path) => `${path}/`.startsWith(within));
    if (file !== undefined) {
      this.problem = `Programs find ${file} in memory there: rename or delete it first, or choose another place.`;
      return false;
    }
    await this.#change((host) => host.mount(chosen.grant, place, mode));
    if (this.problem === null) this.chosen = null;
    return this.problem === null;
  }

  /** Mounts one of an earlier launch, if a person says so in a dialog of the system. */
  again = (number: number): Promise<void> => this.#change((host) => host.again(number));
  /** Takes it away from programs, at once. */
  unmount = (number: number): Promise<void> => this.#change((host) => host.unmount(number));
  /** Takes it off the list too. */
  forget = (number: number): Promise<void> => this.#change((host) => host.forget(number));

  /** Settings with the places of folders in them, as JSON. */
  addTo(settings: string): string {
    return this.can ? `${settings.slice(0, -1)},"mounts":${JSON.stringify(this.places)}}` : settings;
  }

  async #change(act: (host: NonNullable<Host['folders']>) => Promise<MountedFolder[]>): Promise<void> {
    if (!this.#host) return;
    try {
      this.list = await act(this.#host);
      this.problem = null;
    } catch (cause) {
      this.#fails(cause);
    }
  }

  #fails(cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    this.problem = `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
  }
}
