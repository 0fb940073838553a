// The event loop, in the browser build.

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';

import { person } from './person.mjs';

const ECHO = `while True:
    event = el_recv()
    if event == 'quit':
        break
    el_emit({'handled': event})
`;

function eventsPage(page: Page) {
  const field = page.getByTestId('event-json');
  const nodes = page.getByTestId('loop-diagram').getByRole('listitem');
  return {
    ...person(page),
    field,
    state: page.getByTestId('loop-state'),
    queue: page.getByTestId('loop-queue'),
    told: page.getByTestId('dispatched'),
    problem: page.getByTestId('event-problem'),
    history: page.getByTestId('event-history'),
    emitted: page.getByTestId('emitted'),
    last: page.getByTestId('last-emitted'),
    /** What lights up of the way of an event, from left to right. */
    node: (name: string) => nodes.filter({ hasText: name }).first(),
    values: () => page.getByTestId('emitted').locator('code').allInnerTexts(),
    async opens() {
      await page.goto('/');
      await page.getByTestId('dock-events').click();
    },
    async starts(code: string) {
      await person(page).writes(code);
      await person(page).starts();
    },
    async dispatches(json: string) {
      await field.fill(json);
      await page.keyboard.press('Enter');
    },
  };
}

test.beforeEach(({ page }) => eventsPage(page).opens());

test('a value goes to a program that waits, and its answer comes back', async ({ page }) => {
  const there = eventsPage(page);
  await there.starts(ECHO);
  await expect(there.state).toHaveText('Waiting in el_recv');
  await expect(there.node('el_recv')).toHaveAttribute('data-lit', 'true');
  await there.dispatches('{"type": "click", "n": 1}');
  await expect(there.told).toHaveText('Dispatched; el_recv took it at once.');
  await expect(there.emitted).toContainText("{'handled': {'type': 'click', 'n': 1}}");
  await expect(there.emitted).toContainText(/\d\.\d{3} s/);
  await expect(there.last).toContainText('"handled"');
  await expect(there.state).toHaveText('Waiting in el_recv');
  await there.dispatches('"quit"');
  await expect(there.state).toHaveText('Idle');
  await expect(there.node('el_recv')).toHaveAttribute('data-lit', 'false');
});

test('values wait in the queue for the next program', async ({ page }) => {
  const there = eventsPage(page);
  await expect(there.queue).toHaveText('0 events in the queue');
  await there.dispatches('1');
  await expect(there.told).toHaveText('Dispatched; 1 event waits for el_recv.');
  await there.dispatches('2');
  await expect(there.queue).toHaveText('2 events in the queue');
  await expect(there.node('Queue')).toHaveAttribute('data-lit', 'true');
  await there.starts('el_emit([el_recv(), el_recv()])');
  await expect(there.emitted).toContainText('[1, 2]');
  await expect(there.queue).toHaveText('0 events in the queue');
});

test('the diagram lights up as a value passes, and goes out', async ({ page }) => {
  const there = eventsPage(page);
  await there.starts(ECHO);
  await expect(there.state).toHaveText('Waiting in el_recv');
  // A light of less than a second may be over before anybody looks.
  const seen = there.node('el_emit').evaluate(
    (node) =>
      new Promise<string[]>((resolve) => {
        const lit: string[] = [];
        new MutationObserver(() => {
          const now = node.getAttribute('data-lit') ?? '';
          if (now !== lit.at(-1)) lit.push(now);
          if (lit.length === 2) resolve(lit);
        }).observe(node, { attributeFilter: ['data-lit'] });
      }),
  );
  await there.dispatches('1');
  expect(await seen).toEqual(['true', 'false']);
});

test('what is no JSON is not sent, and the place is shown', async ({ page }) => {
  const there = eventsPage(page);
  await there.dispatches('{"type":\n clik}');
  await expect(there.problem).toContainText('Line 2, column 2');
  await expect(there.problem).toContainText('A text stands in double quotes.');
  await expect(there.field).toHaveAttribute('aria-invalid', 'true');
  const chosen = await there.field.evaluate((field) => field instanceof HTMLTextAreaElement && field.value.slice(field.selectionStart, field.selectionEnd));
  expect(chosen).toBe('c');
  await expect(there.history).toHaveCount(0);
  await there.field.fill('{"type": null}');
  await expect(there.problem).toBeEmpty();
});

test('what the engine does not take is said', async ({ page }) => {
  const there = eventsPage(page);
  await there.dispatches('{"$nothing": 1}');
  await expect(there.told).toContainText('Not taken: $nothing is no tag');
});

test('a value on its way to a program that computes says so, and what becomes of it', async ({ page }) => {
  const there = eventsPage(page);
  await there.starts('while True: pass');
  await expect(there.state).toHaveText('Running');
  await there.dispatches('1');
  await expect(there.told).toContainText('On its way');
  await there.presses('Escape');
  await there.seesStatus('Stopped');
  await expect(there.told).toContainText('Not taken: the program has ended');
});

test('templates fill the field, values can be dispatched again', async ({ page }) => {
  const there = eventsPage(page);
  await page.getByRole('button', { name: 'key', exact: true }).click();
  await expect(there.field).toHaveValue('{"type": "key", "key": "Enter"}');
  await expect(there.field).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(there.queue).toHaveText('1 event in the queue');
  await there.history.getByRole('button').first().click();
  await expect(there.queue).toHaveText('2 events in the queue');
  await expect(there.history.getByRole('button')).toHaveCount(1);
});

test('what is emitted is heard where the panel is not seen, and names the child', async ({ page }) => {
  const there = eventsPage(page);
  await page.getByTestId('dock-console').click();
  await there.writes('sandbox_await(sandbox_spawn("el_emit(1)"))\nel_emit(2)');
  await there.runs();
  await page.getByTestId('dock-events').click();
  expect(await there.values()).toEqual(['1', '2']);
  await expect(there.emitted.getByRole('listitem').first()).toContainText('child 1');
  await there.writes('el_emit(3)');
  await there.runs();
  expect(await there.values()).toEqual(['3']);
});

test('a flood is bounded, and the window answers', async ({ page }) => {
  test.setTimeout(90_000);
  const there = eventsPage(page);
  await there.starts('n = 0\nwhile n < 50000:\n    n += 1\n    el_emit(n)');
  await there.field.fill('"typed meanwhile"');
  await expect(there.field).toHaveValue('"typed meanwhile"');
  await expect(page.getByTestId('run')).toContainText('Run', { timeout: 60_000 });
  await expect(there.emitted).toHaveAttribute('data-count', '50000');
  await expect(there.emitted.locator('code').last()).toHaveText('50000');
  expect(await there.emitted.getByRole('listitem').count()).toBeLessThan(80);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing, ${colorScheme}`, async ({ page }) => {
    test.setTimeout(90_000);
    await page.emulateMedia({ colorScheme });
    const there = eventsPage(page);
    const check = async () => (await new AxeBuilder({ page }).include('section[aria-label=Dock]').analyze()).violations;
    expect(await check()).toEqual([]);
    await there.starts(ECHO);
    await there.dispatches('1');
    await expect(there.emitted).toContainText('handled');
    expect(await check()).toEqual([]);
    await there.field.fill('{"wrong": }');
    await expect(there.problem).toContainText('Line 1');
    expect(await check()).toEqual([]);
  });
}
