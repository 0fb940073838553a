// The browser build, in Chromium, from plain files.

import { expect, test } from '@playwright/test';

import { scenarios } from '../scenarios.mjs';
import { person } from './person.mjs';

for (const [title, scenario] of Object.entries(scenarios)) {
  test(title, async ({ page }) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The stage tries every way out when it opens, and the browser says that each is closed.
      if (message.type() === 'error' && message.location().url !== 'about:srcdoc') complaints.push(message.text());
    });
    await page.goto('/');
    await scenario(person(page));
    expect(complaints).toEqual([]);
  });
}

test('what was typed is there after a reload', async ({ page }) => {
  await page.goto('/');
  await person(page).writes("'kept'");
  await page.reload();
  await person(page).runs();
  expect(await person(page).reads('result')).toBe("'kept'");
});

test('nothing is asked of another server', async ({ page, baseURL }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).host));
  await page.goto('/');
  await person(page).writes('1 + 1');
  await person(page).runs();
  // The stage asks for a picture of a server that cannot be, to see that it is not let.
  const others = new Set(asked.filter((host) => host !== 'image.stage.invalid' && host !== ''));
  expect([...others]).toEqual([new URL(baseURL ?? '').host]);
});
