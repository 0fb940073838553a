import { expect, type FrameLocator, type Page } from '@playwright/test';

import type { AskEvent } from '../../ui/src/state/asks.svelte';
import type { Patch, StageNode } from '../../ui/src/stage/types';

declare global {
  // What harness/main.ts puts there.
  var harness: {
    stage: { take(patches: Patch[]): number; refused: { count: number; why: string }; phase: string; problems: string[]; paintMs: number };
    asks: { take(event: AskEvent): void; clear(): void };
    log: unknown[];
    paint(patches: Patch[]): Promise<void>;
  };
}

/** Anything at all: the frame has to cope with it. */
export type Wild = Record<string, unknown>;

export type Stage = {
  page: Page;
  frame: FrameLocator;
  /** Gives patches to the stage, and waits until they are on the screen. */
  paint(...patches: (Patch | Wild)[]): Promise<void>;
  /** What was told since the last look. */
  told(): Promise<unknown[]>;
  refused(): Promise<{ count: number; why: string }>;
};

export const POLICIES = ['browser', 'window'] as const;

/** Opens the harness under the policy of the browser version or of the window, with a stage that is ready. */
export async function openStage(page: Page, policy: (typeof POLICIES)[number] = 'browser'): Promise<Stage> {
  await page.goto(`/?${policy}`);
  await expect(page.getByTestId('stage')).toHaveAttribute('data-phase', 'ready');
  return stageOf(page);
}

export function stageOf(page: Page): Stage {
  return {
    page,
    frame: page.frameLocator('iframe'),
    paint: (...patches) => page.evaluate((given) => globalThis.harness.paint(given as Patch[]), patches as Wild[]),
    told: () => page.evaluate(() => globalThis.harness.log.splice(0)),
    refused: () => page.evaluate(() => ({ ...globalThis.harness.stage.refused })),
  };
}

/** The stage begins with these in its root, whose handle is 1. */
export function reset(...children: StageNode[]): Patch {
  return { op: 'reset', root: { handle: 1, tag: 'div', children } };
}
