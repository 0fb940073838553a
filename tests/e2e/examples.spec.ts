// Every example is opened from the list, run, used as tests/examples.json says, and comes to the end that stands there.

import { readFileSync, readdirSync } from 'node:fs';

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';

type Step =
  | { sees: string }
  | { click: string }
  | { check: string }
  | { fill: [string, string] }
  | { enter: string }
  | { asked: string }
  | { choose: string }
  | { upload: [string, string] }
  | { answer: [string, string] }
  | { dispatch: unknown }
  | { told: string };
type Course = {
  do?: Step[];
  printed?: string[];
  stage?: string[];
  downloads?: string[];
  result?: string;
  resultHas?: string;
  error?: [string, string];
};
type Expected = Course & { again?: Course };

const expectations: Record<string, Expected> = JSON.parse(readFileSync(new URL('../examples.json', import.meta.url), 'utf8'));
const folder = new URL('../../ui/src/examples/', import.meta.url);
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((file) => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    return { id: file.replace(/^\d+-|\.py$/g, ''), title: /^# title: (.+)$/m.exec(source)?.[1] ?? '' };
  });

const LONG = { timeout: 20_000 };

/** The examples as a person meets them. */
function reader(page: Page) {
  const side = page.getByTestId('side');
  const stage = page.frameLocator('iframe[title^=Stage]');
  const list = side.getByTestId('examples');
  const guide = side.getByTestId('guide');
  const asks = page.getByTestId('asks');
  const search = side.getByLabel('Search examples');
  return {
    side,
    list,
    guide,
    search,
    tabs: page.getByRole('tab', { name: /\.py/ }),
    run: guide.getByRole('button', { name: 'Run' }),
    async visits(): Promise<void> {
      await page.goto('/');
      await page.getByTestId('run').waitFor();
      await page.keyboard.press('Alt+1');
      await expect(list).toBeVisible();
    },
    async opens(title: string): Promise<void> {
      await search.fill(title);
      await list.getByRole('button', { name: title, exact: true }).click();
      await expect(guide.getByRole('heading', { name: title, exact: true })).toBeVisible();
    },
    async does(step: Step): Promise<void> {
      if ('sees' in step) await expect(stage.locator('body')).toContainText(step.sees, LONG);
      else if ('click' in step) await stage.getByRole('button', { name: step.click, exact: true }).click();
      else if ('check' in step) await stage.getByRole('checkbox', { name: step.check }).check();
      else if ('fill' in step) await stage.getByLabel(step.fill[0], { exact: true }).fill(step.fill[1]);
      else if ('enter' in step) await stage.getByLabel(step.enter, { exact: true }).press('Enter');
      else if ('asked' in step) await expect(asks).toContainText(step.asked, LONG);
      else if ('choose' in step) await asks.getByRole('button', { name: step.choose, exact: true }).click();
      else if ('upload' in step) {
        const [name, text] = step.upload;
        await asks.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
      } else if ('answer' in step) {
        const card = page.getByTestId('call').filter({ hasText: step.answer[0] });
        await card.getByLabel(/^Answer/).first().fill(step.answer[1]);
        await card.getByRole('button', { name: /^Answer/ }).click();
      } else if ('dispatch' in step) {
        await page.getByRole('tab', { name: 'Events' }).click();
        await page.getByTestId('event-json').fill(JSON.stringify(step.dispatch));
        await page.getByRole('button', { name: 'Dispatch', exact: true }).click();
      } else {
        await page.getByRole('tab', { name: 'Console' }).click();
        await expect(page.getByTestId('console')).toContainText(step.told, LONG);
      }
    },
    async follows({ do: steps = [], printed = [], stage: shown = [], downloads = [], ...ends }: Course): Promise<void> {
      const given: string[] = [];
      page.on('download', (download) => given.push(download.suggestedFilename()));
      await this.run.click();
      for (const step of steps) await this.does(step);
      await page.getByRole('tab', { name: 'Console' }).click();
      if (ends.error) {
        const card = page.getByTestId('error');
        await expect(card).toContainText(ends.error[1], LONG);
        await expect(card).toHaveAttribute('data-kind', ends.error[0]);
      } else if (ends.result !== undefined) await expect(page.getByTestId('result')).toHaveText(ends.result, LONG);
      else await expect(page.getByTestId('result')).toContainText(ends.resultHas ?? 'nothing is expected', LONG);
      for (const text of printed) await expect(page.getByTestId('console')).toContainText(text);
      for (const text of shown) await expect(stage.locator('body')).toContainText(text);
      await expect.poll(() => given).toEqual(downloads);
    },
  };
}

test.use({ viewport: { width: 1600, height: 1000 }, acceptDownloads: true });

test('each example has its expectations, and nothing else has', () => {
  expect(Object.keys(expectations).sort()).toEqual(examples.map(({ id }) => id).sort());
  for (const [id, { result, resultHas, error }] of Object.entries(expectations)) expect(result ?? resultHas ?? error, id).toBeDefined();
});

for (const { id, title } of examples) {
  test(`${id} comes to its end`, async ({ page }) => {
    const expected = expectations[id];
    if (!expected) throw new Error(`${id} has no expectations`);
    const person = reader(page);
    await person.visits();
    await person.opens(title);
    await person.follows(expected);
    if (!expected.again) return;
    page.removeAllListeners('download');
    await person.follows(expected.again);
  });
}
