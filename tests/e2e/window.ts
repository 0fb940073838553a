// The editor and what is around it, as a person uses them.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

export class Window {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get editor() {
    return this.page.getByLabel('Program', { exact: true });
  }
  get lit() {
    return this.page.locator('.cm-litRange');
  }
  get run() {
    return this.page.getByTestId('run');
  }
  get answer() {
    return this.page.getByTestId('answer');
  }
  get completions() {
    return this.page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
  }
  get signature() {
    return this.page.getByTestId('signature');
  }
  get tabs() {
    return this.page.getByTestId('tab');
  }
  get palette() {
    return this.page.getByTestId('palette');
  }
  get stage() {
    return this.page.frameLocator('iframe[title^=Stage]');
  }

  async open() {
    await this.page.goto('/');
    await this.run.waitFor();
  }

  /** The program that is seen consists of this, at once. */
  async writes(code: string) {
    await this.editor.click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.insertText(code);
  }

  async types(text: string) {
    await this.page.keyboard.type(text);
  }

  press = (keys: string) => this.page.keyboard.press(keys);

  /** Takes the completion that is chosen. The editor takes no key for a list that has only just opened. */
  async accepts(key: 'Enter' | 'Tab') {
    await expect(this.completions.first()).toBeVisible();
    const opened = await this.page.evaluate(() => performance.now());
    await this.page.waitForFunction((opened) => performance.now() > opened + 100, opened);
    await this.press(key);
  }

  /** The lines of the editor that are drawn. */
  lines = () => this.editor.locator('.cm-line').allInnerTexts();

  /** The functions are told when the window has nothing else to do. */
  async knowsFunctions() {
    await expect(async () => {
      await this.press('Control+Space');
      await expect(this.completions.filter({ hasText: 'dom_root' })).toBeVisible({ timeout: 300 });
    }).toPass({ timeout: 30_000 });
  }

  async seesNoFaults() {
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page: this.page }).exclude('iframe').analyze();
      const said = violations.map(({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
      expect(said).toEqual([]);
    }
  }
}
