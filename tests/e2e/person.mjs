// A person in front of a browser.

import { expect } from '@playwright/test';

export function person(page) {
  const part = (name) => page.getByTestId(name);
  const editor = page.getByLabel('Program', { exact: true });
  const clear = async () => {
    await editor.click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Delete');
  };
  const stage = page.frameLocator('iframe[title^=Stage]');
  return {
    /** Key by key. */
    async types(line) {
      await clear();
      await page.keyboard.type(line);
    },
    /** At once, as if pasted: the editor indents nothing. */
    async writes(code) {
      await clear();
      await page.keyboard.insertText(code);
    },
    async starts() {
      await page.keyboard.press('ControlOrMeta+Enter');
    },
    async runs() {
      await part('run').click();
      await expect(part('run')).toContainText('Run', { timeout: 30_000 });
    },
    async stops() {
      await part('run').click();
    },
    presses: (key) => page.keyboard.press(key),
    opensPalette: () => page.keyboard.press('ControlOrMeta+k'),
    async setsLimit(label, value) {
      await page.getByLabel(label).fill(value);
    },
    sees: (name, text) => expect(part(name)).toContainText(text, { timeout: 30_000 }),
    seesStatus: (word) => expect(part('status')).toContainText(word, { timeout: 30_000 }),
    reads: (name) => part(name).innerText(),
    async seesProblem(words) {
      await expect(part('problems')).toHaveText(words, { timeout: 30_000 });
      await expect(page.locator('.cm-lint-marker')).toBeVisible();
    },
    async seesNoProblem() {
      await expect(part('problems')).toBeEmpty({ timeout: 30_000 });
      await expect(page.locator('.cm-lintRange, .cm-lint-marker')).toHaveCount(0);
    },
    seesOnStage: (words) => expect(stage.locator('body')).toContainText(words, { timeout: 30_000 }),
    clicksOnStage: (name) => stage.getByRole('button', { name }).click(),
    async typesOnStage(text) {
      await stage.locator('input').pressSequentially(text);
    },
    opens: (name) => part(name).click(),
    /** Answers the call that waits with a text. */
    async answers(text) {
      await part('call').getByRole('textbox').first().fill(text);
      await page.keyboard.press('ControlOrMeta+Enter');
    },
    seesCard: (words) => expect(part('asks')).toContainText(words, { timeout: 30_000 }),
    pressesOnCard: (name) => part('asks').getByRole('button', { name }).last().click(),
    seesTooltip: (words) => expect(page.locator('.cm-tooltip-lint')).toContainText(words),
    readsUnderlinedText: async () => (await page.locator('.cm-lintRange').allInnerTexts()).join(''),
    readsMarkedText: async () => (await page.locator('.cm-errorRange').allInnerTexts()).join(''),
  };
}
