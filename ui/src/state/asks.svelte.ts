import type {
  DialogRequested,
  DownloadRequested,
  PermissionRequested,
  UploadRequested,
  WaitedEvent,
} from '../stage/types';
import { toBase64 } from '../text/base64';
import { bytes } from '../text/units';

/** `child` is the child of the sandbox that asks, if one does. */
export type Ask = (UploadRequested | DialogRequested | PermissionRequested) & { child?: number | undefined };
export type AskEvent = Ask | WaitedEvent | DownloadRequested;

type Picked = Pick<File, 'name' | 'size' | 'arrayBuffer'>;
/** What is known of a file that somebody picked for a call. */
export type Chosen = { callId: number; name: string; size: number; problem: string | null };

/** The rule under which a program asks that is gone through call by call. */
const STEP = 'step';

/** Whether somebody only has to let a call go. */
export function isStep(ask: Ask): ask is PermissionRequested & { child?: number | undefined } {
  return ask.event === 'permissionRequested' && ask.rule === STEP;
}

/** Who asks. */
export function asker({ child }: Ask): string {
  return child === undefined ? 'The program' : `Child ${child}`;
}

/** What programs ask of a person, the oldest first. Each is answered once. */
export class Asks {
  list: Ask[] = $state.raw([]);
  /** Files on their way, or refused; at most one a call. */
  chosen: Chosen[] = $state.raw([]);

  readonly #answer: (callId: number, json: string) => void;
  readonly #save: (filename: string, data: string) => void;
  /** A dialog of the system, where the page's own picker would not do. */
  readonly #pick: ((callId: number, accept: string | null) => void) | null;

  constructor(
    answer: (callId: number, json: string) => void,
    save: (filename: string, data: string) => void,
    pick: ((callId: number, accept: string | null) => void) | null = null,
  ) {
    this.#answer = answer;
    this.#save = save;
    this.#pick = pick;
  }

  get picksElsewhere(): boolean {
    return this.#pick !== null;
  }

  /** Opens the system's dialog, which answers the call. */
  pick(ask: UploadRequested): void {
    this.#pick?.(ask.callId, ask.accept);
  }

  take(event: AskEvent): void {
    if (event.event === 'downloadRequested') this.#save(event.filename, event.data);
    else if (event.event === 'waited') this.#drop(event.callId);
    else {
      // A restored session asks again under the same number.
      this.#drop(event.callId);
      this.list = [...this.list, event];
    }
  }

  /** The run is over, and nobody waits for an answer. */
  clear(): void {
    this.list = [];
    this.chosen = [];
  }

  decide(ask: PermissionRequested, allowed: boolean): void {
    this.#send(ask, allowed);
  }

  /** The call that is next, where a program is gone through call by call. */
  get step(): PermissionRequested | null {
    return this.list.find(isStep) ?? null;
  }

  /** Lets a call go, and all after it. */
  goOn(ask: PermissionRequested): void {
    this.#send(ask, 'run');
  }

  /** The answer to a prompt is `text`. */
  accept(ask: DialogRequested, text = ''): void {
    this.#send(ask, ask.kind === 'prompt' ? text : ask.kind === 'confirm' ? true : null);
  }

  cancel(ask: Ask): void {
    const refusal = ask.event === 'permissionRequested' || (ask.event === 'dialogRequested' && ask.kind === 'confirm');
    this.#send(ask, refusal ? false : null);
  }

  /** Sends a file, if it is not too large and can be read. */
  async upload(ask: UploadRequested, file: Picked): Promise<void> {
    const { callId } = ask;
    const { name, size } = file;
    const chosen: Chosen = { callId, name, size, problem: size > ask.maxBytes ? `It is larger than ${bytes(ask.maxBytes)}.` : null };
    this.#choose(callId, chosen);
    if (chosen.problem) return;
    try {
      const data = toBase64(new Uint8Array(await file.arrayBuffer()));
      // Another file may have been picked since.
      if (this.chosen.includes(chosen)) this.#send(ask, { name, data: { $bytes: data } });
    } catch {
      if (this.chosen.includes(chosen)) this.#choose(callId, { ...chosen, problem: 'It could not be read.' });
    }
  }

  #send(ask: Ask, answer: unknown): void {
    if (!this.list.includes(ask)) return;
    this.#drop(ask.callId);
    this.#answer(ask.callId, JSON.stringify(answer));
  }

  #drop(callId: number): void {
    this.list = this.list.filter((ask) => ask.callId !== callId);
    this.#choose(callId, null);
  }

  #choose(callId: number, chosen: Chosen | null): void {
    const others = this.chosen.filter((each) => each.callId !== callId);
    this.chosen = chosen ? [...others, chosen] : others;
  }
}
