// Programs for every function of every extension and every error, in the browser build: the list that
// monty-engine stdio runs too.

import { readFileSync } from 'node:fs';

import { type Page, expect, test } from '@playwright/test';

import type { EdgeEvent } from '../../ui/src/host/bindings';
import type { Answer, Host } from '../../ui/src/host/host';
import { loadHost } from './host.mjs';

declare const host: Host;

type Message = { type: string; value?: unknown; handle?: number; eventType?: string; excType?: string; message?: string };
type Step = null | Message | Message[];
type Program = {
  name: string;
  code: string;
  value?: unknown;
  error?: [string, string];
  extensions?: string[];
  before?: Message[];
  on?: Step[];
  /** What is done where a child asks. */
  onChild?: Message;
  settings?: object;
  printed?: string;
  browser?: boolean;
};
type Ended = { answer: Answer; printed: string; refused: Answer[] };

const EXTENSIONS = ['host', 'dom', 'el', 'storage', 'msg', 'sandbox', 'tmpl'];
const programs: Program[] = JSON.parse(readFileSync(new URL('../programs.json', import.meta.url), 'utf8'));

let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto('/');
  await loadHost(page);
});

test.afterAll(() => page.close());

test.beforeEach(() => page.evaluate(() => localStorage.removeItem('monty-playground.storage')));

for (const program of programs.filter(({ browser }) => browser !== false)) {
  test(program.name, async () => {
    const { answer, printed, refused } = await page.evaluate(run, {
      ...program,
      extensions: program.extensions ?? EXTENSIONS,
    });
    expect(refused).toEqual([]);
    if (program.printed !== undefined) expect(printed).toBe(program.printed);
    if (program.error) {
      expect(answer).toMatchObject({ state: 'failure', error: { excType: program.error[0] } });
      expect(answer.state === 'failure' ? answer.error.message : '').toContain(program.error[1]);
    } else {
      expect(answer.state, JSON.stringify(answer)).toBe('value');
      expect(plain(JSON.parse(answer.state === 'value' ? answer.value.json : 'null'))).toEqual(plain(program.value ?? null));
    }
  });
}

/** At the edge of JavaScript a whole float is tagged; the list says it as JSON does. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === '$float') return Number(only[1]);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}

/** Runs in the page. At the n-th wait of a program it does what the n-th step says. */
async function run(program: Program & { extensions: string[] }): Promise<Ended> {
  const steps = [...(program.on ?? [])];
  let printed = '';
  const refused: Answer[] = [];
  const session = await host.openSession(({ events }) => events.forEach(take));
  const json = (value: unknown) => JSON.stringify(value ?? null);
  async function send(message: Message, callId: number) {
    const { type, value, handle = 0, eventType = '', excType, message: text } = message;
    const error = text === undefined ? null : { excType: excType ?? null, message: text };
    const answer =
      type === 'dispatch' ? await session.dispatch(json(value))
      : type === 'domEvent' ? await session.domEvent(handle, eventType, value === undefined ? null : json(value))
      : await session.answer(callId, error ? null : json(value), error);
    if (answer.state === 'refused') refused.push(answer);
  }
  function take(event: EdgeEvent) {
    if (event.event === 'print') printed += event.text;
    if (event.event === 'child') takeChild(event.told);
    if (event.event !== 'waiting') return;
    const step = steps.shift() ?? [];
    for (const message of Array.isArray(step) ? step : [step]) void send(message, event.callId);
  }
  function takeChild(event: EdgeEvent): void {
    if (event.event === 'child') return takeChild(event.told);
    const asks = event.event === 'waiting' && event.functionName !== 'sandbox_await';
    if (asks && program.onChild) void send(program.onChild, event.callId);
  }
  try {
    if (program.settings) {
      const answer = await session.configure(JSON.stringify(program.settings));
      if (answer.state !== 'configured') refused.push(answer);
    }
    for (const message of program.before ?? []) await send(message, 0);
    const answer = await session.start({ code: program.code, extensions: program.extensions });
    return { answer, printed, refused };
  } finally {
    await session.close();
  }
}
