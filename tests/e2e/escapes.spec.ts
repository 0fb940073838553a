// Every known way out of the stage, through the engine, the page and Chromium: nothing runs, nothing
// loads, nothing reaches the app.

import { expect, test } from '@playwright/test';

import { HOW_MANY, PROGRAM, provoke } from '../escapes.mjs';
import { person } from './person.mjs';

test('nothing gets out of the stage', async ({ page, baseURL, context }) => {
  const asked = new Set<string>();
  const opened: string[] = [];
  page.on('request', (request) => asked.add(new URL(request.url()).host));
  page.on('dialog', (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  context.on('page', (other) => opened.push(other.url()));
  await page.goto('/');
  await person(page).writes(PROGRAM);
  await person(page).runs();
  await person(page).sees('result', /\d+ refused/);
  await person(page).seesOnStage(/All tried/);
  const frame = page.frames().find((frame) => frame !== page.mainFrame());
  const before = page.url();
  const told = await frame?.evaluate(provoke);
  expect(told).toEqual({ found: [], escaped: 'undefined', sections: expect.any(Number) });
  expect(told?.sections).toBeGreaterThanOrEqual(HOW_MANY);
  // What was set off has had its time when another program has run.
  await person(page).writes('6 * 7');
  await person(page).runs();
  expect(await person(page).reads('result')).toBe('42');
  expect(await page.evaluate(() => typeof (globalThis as { escaped?: unknown }).escaped)).toBe('undefined');
  expect(opened).toEqual([]);
  expect(page.url()).toBe(before);
  const others = [...asked].filter((host) => host !== '' && host !== 'image.stage.invalid');
  expect(others).toEqual([new URL(baseURL ?? '').host]);
});
