export type Theme = 'system' | 'light' | 'dark';

/** What can stand beside the editor, and below it. */
export const SIDES = ['examples', 'functions', 'files', 'snapshots'] as const;
export const DOCKS = ['console', 'timeline', 'sequence', 'variables', 'events'] as const;
export type Side = (typeof SIDES)[number];
export type Dock = (typeof DOCKS)[number];

export type Values = {
  timeoutMs: number;
  memoryMb: number;
  /** The editor's share of the room that it has with the stage, between 0 and 1. */
  split: number;
  /** What both have of the height. */
  rows: number;
  side: Side | null;
  dock: Dock;
  theme: Theme;
};

export const DEFAULTS: Values = {
  timeoutMs: 10_000,
  memoryMb: 512,
  split: 0.6,
  rows: 0.62,
  side: null,
  dock: 'console',
  theme: 'system',
};

const KEY = 'monty-playground.settings';
const SAVE_AFTER_MS = 300;

/** What outlives the window. */
export class Settings {
  values: Values = $state.raw(DEFAULTS);
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    this.values = { ...DEFAULTS, ...this.#read() };
  }

  change(part: Partial<Values>): void {
    this.values = { ...this.values, ...part };
    this.#timer ??= setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  /** Saves now what waits to be saved. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#storage.setItem(KEY, JSON.stringify(this.values));
    } catch {
      // A full or forbidden storage must not keep anybody from working.
    }
  }

  #read(): Partial<Values> {
    try {
      const stored: unknown = JSON.parse(this.#storage.getItem(KEY) ?? '{}');
      return sound(stored);
    } catch {
      return {};
    }
  }
}

/** Only what has the right shape; each field stands for itself. */
function sound(stored: unknown): Partial<Values> {
  const values: Partial<Values> = {};
  if (typeof stored !== 'object' || stored === null) return values;
  if ('timeoutMs' in stored && isWhole(stored.timeoutMs)) values.timeoutMs = stored.timeoutMs;
  if ('memoryMb' in stored && isWhole(stored.memoryMb)) values.memoryMb = stored.memoryMb;
  if ('split' in stored && isShare(stored.split)) values.split = stored.split;
  if ('rows' in stored && isShare(stored.rows)) values.rows = stored.rows;
  if ('side' in stored) values.side = SIDES.find((side) => side === stored.side) ?? null;
  if ('dock' in stored) values.dock = DOCKS.find((dock) => dock === stored.dock) ?? DEFAULTS.dock;
  if ('theme' in stored && isTheme(stored.theme)) values.theme = stored.theme;
  return values;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1;
}

function isTheme(value: unknown): value is Theme {
  return value === 'system' || value === 'light' || value === 'dark';
}
