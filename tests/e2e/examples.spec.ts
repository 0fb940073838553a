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

test.describe('the list', () => {
  test.use({ viewport: { width: 1100, height: 720 } });

  test('is used by keyboard alone, and leads from one example to the next', async ({ page }) => {
    const person = reader(page);
    const row = (name: string) => person.list.getByRole('button', { name, exact: true });
    await person.visits();
    await person.search.focus();
    await page.keyboard.press('ArrowDown');
    await expect(row('Hello')).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(row('Wait for a click')).toBeFocused();
    await page.keyboard.press('End');
    await expect(row('A program without rights')).toBeFocused();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    await expect(person.search).toBeFocused();

    await page.keyboard.type('clock goes');
    await page.keyboard.press('Enter');
    await expect(person.guide.getByRole('heading', { name: 'A clock that goes on' })).toBeVisible();
    await expect(person.run).toBeFocused();
    await expect(person.tabs).toHaveText(['main.py', 'clock.py']);

    await person.side.getByRole('button', { name: 'Next One of many fails' }).press('Enter');
    await expect(person.guide.getByRole('heading', { name: 'One of many fails' })).toBeVisible();
    await expect(person.run).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('result')).toHaveText('(5, 2)', LONG);

    await person.side.getByRole('button', { name: 'All examples' }).press('Enter');
    // What was looked for is still looked for; what was followed is not among it.
    await expect(person.search).toHaveValue('clock goes');
    await person.search.focus();
    await page.keyboard.press('Escape');
    await expect(person.search).toHaveValue('');
    await expect(row('One of many fails')).toHaveAttribute('aria-current', 'true');
  });

  test('says what there is when nothing is found', async ({ page }) => {
    const person = reader(page);
    await person.visits();
    await person.search.fill('zeppelin');
    await expect(person.list).toContainText('No example has “zeppelin”.');
    await expect(person.list.getByRole('button')).toHaveCount(0);
  });

  test('tells what opening one has changed, and puts a limit back', async ({ page }) => {
    const person = reader(page);
    const time = page.getByLabel('Time limit');
    await person.visits();
    await person.opens('A host that fails');
    await expect(person.guide.getByTestId('provided')).toContainText('fetch_page, answered by a rule: 250');
    await person.side.getByRole('button', { name: 'All examples' }).click();
    await person.opens('Endless loop');
    await expect(person.guide.getByTestId('provided')).toContainText('Time limit: 1,500 ms, was 10,000 ms');
    await expect(time).toHaveValue('1500');
    await person.guide.getByRole('button', { name: 'Put the limit back' }).click();
    await expect(time).toHaveValue('10000');
    await expect(person.guide.getByTestId('provided')).toHaveCount(0);
  });

  test('keeps what was open, and the place of a reader while the panel is closed', async ({ page }) => {
    const person = reader(page);
    await person.visits();
    await person.opens('Hello');
    await page.keyboard.press('Alt+1');
    await expect(person.side).toHaveCount(0);
    await page.keyboard.press('Alt+1');
    await expect(person.guide.getByRole('heading', { name: 'Hello' })).toBeVisible();
    await page.reload();
    await expect(person.tabs).toHaveText(['main.py', 'hello.py']);
  });

  for (const scheme of ['light', 'dark'] as const) {
    test(`has nothing that axe finds, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      const person = reader(page);
      const problems = async () => (await new AxeBuilder({ page }).include('[data-testid=side]').analyze()).violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
      await person.visits();
      expect(await problems()).toEqual([]);
      await person.search.fill('zeppelin');
      expect(await problems()).toEqual([]);
      await person.opens('Endless loop');
      expect(await problems()).toEqual([]);
    });
  }
});
