// A program that is gone through call by call.

import { expect, test } from '@playwright/test';

import { person } from './person.mjs';

const PROGRAM = "made = []\nfor number in range(4):\n    made.append(json_dumps(number))\nprint(made)\nlen(made)";

test('a program stops at each call until somebody lets it go', async ({ page }) => {
  await page.goto('/');
  const somebody = person(page);
  await somebody.writes(PROGRAM);
  await page.getByTestId('step').click();
  const card = page.getByTestId('asks');
  await expect(card).toContainText('json_dumps');
  // Highlighting may cut the mark into pieces.
  await expect.poll(async () => (await page.locator('.cm-litRange').allInnerTexts()).join('')).toBe('json_dumps(number)');
  await expect(card.getByRole('term').first()).toHaveText('1');
  await expect(card.getByRole('definition').first()).toHaveText('0');
  await page.keyboard.press('F10');
  await expect(card.getByRole('definition').first()).toHaveText('1');
  await card.getByRole('button', { name: 'Step' }).click();
  await expect(card.getByRole('definition').first()).toHaveText('2');
  await expect(page.getByTestId('status')).toHaveText('Running, waits at json_dumps()');
  await card.getByRole('button', { name: 'Continue' }).click();
  await somebody.sees('result', /4/);
  await expect(page.getByTestId('asks')).toHaveCount(0);
});

test('a call that is not let go raises, and Escape stops the program', async ({ page }) => {
  await page.goto('/');
  const somebody = person(page);
  await somebody.writes("try:\n    log('x')\nexcept PermissionError:\n    print('denied')\nlog('y')");
  await page.getByTestId('step').click();
  await page.getByTestId('asks').getByRole('button', { name: 'Deny' }).click();
  await somebody.sees('console', /denied/);
  await somebody.seesCard(/'y'/);
  await page.keyboard.press('Escape');
  await somebody.seesStatus('Stopped');
});
