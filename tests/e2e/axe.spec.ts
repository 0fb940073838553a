// The whole window without a program that ran: every panel beside the editor and every tab below it, in both themes.

import { expect, test } from '@playwright/test';

import { findings } from './axe.mjs';

const SIDES = ['examples', 'functions', 'files', 'snapshots'];
const DOCKS = ['console', 'timeline', 'sequence', 'variables', 'events'];

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing in the window, ${scheme}`, async ({ page }) => {
    test.setTimeout(120_000);
    await page.goto('/');
    await page.getByTestId('run').waitFor();
    const found: Record<string, string[]> = {};
    found.window = await findings(page, scheme);
    for (const [index, dock] of DOCKS.entries()) {
      await page.keyboard.press(`ControlOrMeta+${index + 1}`);
      await expect(page.getByTestId(`dock-${dock}`)).toHaveAttribute('aria-selected', 'true');
      found[dock] = await findings(page, scheme, '[role=tabpanel]');
    }
    for (const side of SIDES) {
      await page.getByTestId(`side-${side}`).click();
      await expect(page.getByTestId(`side-${side}`)).toHaveAttribute('aria-expanded', 'true');
      found[side] = await findings(page, scheme, '[data-testid=side]');
    }
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    found.palette = await findings(page, scheme, '[data-testid=palette]');
    expect(Object.entries(found).filter(([, wrong]) => wrong.length > 0)).toEqual([]);
  });
}
