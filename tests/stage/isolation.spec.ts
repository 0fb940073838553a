// The frame tests itself; a frame that is not closed is not used.

import { expect, test, type Page } from '@playwright/test';

import { POLICIES, openStage, reset } from './harness';

for (const policy of POLICIES) {
  test(`every way out is closed, under the policy of the ${policy}`, async ({ page }) => {
    const { paint, frame } = await openStage(page, policy);
    await expect(page.getByRole('alert')).toHaveCount(0);
    expect(await page.locator('iframe').getAttribute('sandbox')).toBe('allow-scripts');
    await paint(reset({ handle: 2, tag: 'p', children: ['safe'] }));
    await expect(frame.locator('p')).toHaveText('safe');
  });
}

/** Serves the built harness with a word in it replaced, as if somebody had weakened the frame. */
async function weaken(page: Page, from: string | RegExp, to: string): Promise<void> {
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    const answer = await route.fetch();
    const text = await answer.text();
    const weak = text.replaceAll(from instanceof RegExp ? new RegExp(from, 'g') : from, to);
    expect(weak).not.toBe(text);
    await route.fulfill({ response: answer, body: weak });
  });
}

/** The page's own policy would close what a weakened frame opens. */
async function withoutPolicy(page: Page): Promise<void> {
  await page.route('/?browser', async (route) => {
    const answer = await route.fetch();
    const headers = answer.headers();
    delete headers['content-security-policy'];
    await route.fulfill({ response: answer, headers });
  });
}

const WEAKER: { title: string; from: string; to: string; says: RegExp; bare?: boolean }[] = [
  { title: 'the origin of the app', from: 'allow-scripts', to: 'allow-scripts allow-same-origin', says: /parent\.document.*origin.*localStorage/ },
  { title: 'images from anywhere', from: 'img-src data:', to: 'img-src *', says: /image/, bare: true },
  { title: 'requests', from: "default-src 'none'", to: "default-src *", says: /fetch.*WebSocket/, bare: true },
];

for (const { title, from, to, says, bare } of WEAKER) {
  test(`a frame with ${title} is refused`, async ({ page }) => {
    await weaken(page, from, to);
    if (bare) await withoutPolicy(page);
    await page.goto('/?browser');
    await expect(page.getByTestId('stage')).toHaveAttribute('data-phase', 'broken');
    await expect(page.getByRole('alert')).toContainText('The stage is closed.');
    await expect(page.getByRole('alert')).toContainText(says);
    await expect(page.locator('iframe')).toHaveCount(0);
    // It takes no patches, and does not fall over them.
    await page.evaluate(() => globalThis.harness.stage.take([{ op: 'reset', root: { handle: 1, tag: 'p', children: ['unsafe'] } }]));
    await expect(page.getByText('unsafe')).toHaveCount(0);
  });
}
