import type { Workbench } from './workbench.svelte';

/** What tracebacks call a text of the prompt. */
export const CELL = '<prompt>';
const MAX_HISTORY = 500;

type Bench = Pick<Workbench, 'session' | 'limits' | 'extensions' | 'programSettings'>;

/** What became of an Enter: the text runs, wants another line, or stays as it is. */
export type Entered = 'ran' | 'more' | 'kept';

/** The prompt: what is typed there runs with the names of the last run. */
export class Prompt {
  /** What is typed; kept while the console is not seen. */
  text = $state('');
  history: readonly string[] = $state.raw([]);

  readonly #bench: Bench;
  /** How far back in the history it is; 0 is what was being typed. */
  #back = 0;
  #draft = '';

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Why nothing can run now; null if it can. */
  get off(): string | null {
    const { session, limits } = this.#bench;
    if (session.phase === 'running') return 'A program runs. What you type is kept until it ends.';
    if (session.phase === 'paused') return 'A call waits for an answer. What you type is kept.';
    if (session.phase === 'stopping') return 'The program is being stopped.';
    return limits.limits === null ? 'A limit above is not a number.' : null;
  }

  /** Runs a text if it is finished. */
  async enter(code: string): Promise<Entered> {
    if (this.off !== null || code.trim() === '') return 'kept';
    if (!closed(code) || !(await this.#isComplete(code))) return 'more';
    const { session, limits, extensions, programSettings } = this.#bench;
    if (this.off !== null || !limits.limits) return 'kept';
    const source = { code: code.trimEnd(), limits: limits.limits, cell: CELL, extensions };
    this.#remember(source.code);
    void session.feed(source, programSettings());
    return 'ran';
  }

  /** The text before the one that is seen, if there is one. */
  older(now: string): string | null {
    return this.#go(now, this.#back + 1);
  }

  newer(now: string): string | null {
    return this.#go(now, this.#back - 1);
  }

  #go(now: string, back: number): string | null {
    if (back < 0 || back > this.history.length) return null;
    if (this.#back === 0) this.#draft = now;
    this.#back = back;
    return back === 0 ? this.#draft : (this.history[this.history.length - back] ?? null);
  }

  #remember(code: string): void {
    this.#back = 0;
    this.#draft = '';
    if (this.history.at(-1) !== code) this.history = [...this.history, code].slice(-MAX_HISTORY);
  }

  /** A session that cannot tell says what is wrong when it runs the text. */
  async #isComplete(code: string): Promise<boolean> {
    try {
      const answer = await this.#bench.session.ask((session) => session.continuation(code));
      return answer.state !== 'continuation' || answer.mode === 'complete';
    } catch {
      return true;
    }
  }
}

/**
 * Whether no block is open: one of several lines ends with an empty line, as at Python's own prompt.
 * Told without asking the engine, so that nobody types on into the line before.
 */
function closed(code: string): boolean {
  const lines = code.split('\n');
  const last = lines.at(-1) ?? '';
  if (/^[^#]*:\s*$/.test(last)) return false;
  const opensBlock = lines.some((line) => /:\s*(?:#.*)?$/.test(line));
  return !opensBlock || last.trim() === '' || !/^\s/.test(last);
}
