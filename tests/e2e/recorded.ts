// A person who looks at what a program did: the timeline and the sequence in the browser build.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

import { scrolled } from '../frames.mjs';
import { person } from './person.mjs';

export type View = 'timeline' | 'sequence';

export class Recorded {
  readonly page: Page;
  readonly view: View;

  constructor(page: Page, view: View) {
    this.page = page;
    this.view = view;
  }

  /** Opens the window with a program, and the dock on the view. */
  async open(code: string): Promise<void> {
    await this.page.goto('/');
    await person(this.page).writes(code);
    await this.show(this.view);
  }

  async show(view: View): Promise<void> {
    await this.page.getByTestId(`dock-${view}`).click();
  }

  run = (): Promise<void> => this.page.keyboard.press('ControlOrMeta+Enter');
  clickOnStage = (name: string): Promise<void> =>
    this.page.frameLocator('iframe[title^=Stage]').getByRole('button', { name }).click();

  get list() {
    return this.page.getByTestId(`${this.view}-list`);
  }

  get rows() {
    return this.list.getByRole('option');
  }

  row = (name: string | RegExp) => this.list.getByRole('option', { name });

  get selected() {
    return this.list.getByRole('option', { selected: true });
  }

  async press(...keys: string[]): Promise<void> {
    await this.list.focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Gaps between frames while the list is scrolled for three seconds, in milliseconds. */
  scroll(step: 'smooth' | 'jumps'): Promise<{ median: number; p95: number; most: number }> {
    return this.list.evaluate(scrolled, step);
  }

  /** What axe has against the view, in light and in dark. */
  async complaints(): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page: this.page }).include(`[data-testid=${this.view}]`).analyze();
      found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${colorScheme} ${id} ${target.join(' ')}`)));
    }
    return found;
  }
}

export const CLICKED = `root = dom_root()
button = dom_create("button")
dom_text(button, "Go")
dom_append(root, button)
dom_on_click(button)
log("x" * 9000)
try:
    dom_text(9999, "no")
except ValueError as error:
    print("caught", 5.0)
storage_set("k", {"a": 5.0})
`;

export const MANY = `for i in range(50000):
    dom_create("p")
    storage_has("k")
i`;

export { expect };
