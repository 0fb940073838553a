// What a person does arrives once, in order, and only where somebody listens.

import { expect, test } from '@playwright/test';

import { openStage, reset } from './harness';

const event = (handle: number, eventType: string, value: unknown = null) => ({ handle, eventType, value });

test('a click is told where somebody listens, from the target up, with the nearest handle', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(
    reset(
      { handle: 2, tag: 'div', listens: ['click'], children: [{ handle: 3, tag: 'b', children: ['heard'] }] },
      { handle: 4, tag: 'b', children: ['unheard'] },
      { handle: 5, tag: 'button', children: ['also'] },
    ),
  );
  await frame.getByText('unheard').click();
  await frame.getByText('heard', { exact: true }).click();
  expect(await told()).toEqual([event(3, 'click')]);

  await paint({ op: 'listen', handle: 5, types: ['dblclick'] }, { op: 'listen', handle: 2, types: [] });
  await frame.getByText('heard', { exact: true }).click();
  await frame.getByRole('button').dblclick();
  expect((await told()).filter((each) => !/focus/.test(JSON.stringify(each)))).toEqual([event(5, 'dblclick')]);
});

test('fields tell what they show and where the focus is, whoever listens', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(
    reset(
      { handle: 2, tag: 'input' },
      { handle: 3, tag: 'input', attributes: [['type', 'checkbox']] },
      { handle: 4, tag: 'select', children: [{ handle: 5, tag: 'option', children: ['a'] }, { handle: 6, tag: 'option', children: ['b'] }] },
      { handle: 7, tag: 'input', attributes: [['type', 'radio'], ['name', 'one']] },
    ),
  );
  await frame.locator('input').first().focus();
  await page.keyboard.insertText('hey');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await frame.locator('select').selectOption('b');
  await frame.locator('[type=radio]').check();
  const heard = (await told()).filter((each) => !/"(focus|blur)"/.test(JSON.stringify(each)));
  expect(heard).toEqual([
    event(2, 'input', 'hey'),
    event(2, 'change', 'hey'),
    event(3, 'input', true),
    event(3, 'change', true),
    event(4, 'input', 'b'),
    event(4, 'change', 'b'),
    event(7, 'input', true),
    event(7, 'change', true),
  ]);
});

test('the focus is told, and what Python does is not', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'input' }, { handle: 3, tag: 'input' }));
  await frame.locator('input').first().click();
  await frame.locator('input').nth(1).click();
  expect(await told()).toEqual([event(2, 'focus', ''), event(2, 'blur', ''), event(3, 'focus', '')]);
  await paint({ op: 'value', handle: 2, value: 'x' }, { op: 'focus', handle: 2 }, { op: 'remove', handle: 3 });
  await paint({ op: 'remove', handle: 2 });
  expect(await told()).toEqual([]);
});

test('fast typing is told at most 60 times a second, and never after the click that follows it', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'input' }, { handle: 3, tag: 'button', listens: ['click'], children: ['go'] }));
  await frame.locator('input').focus();
  await told();
  // Trusted events, faster than any hand: the page's own editing command.
  const ms = await frame.locator('input').evaluate((field) => {
    const began = performance.now();
    for (let count = 0; count < 500; count += 1) field.ownerDocument.execCommand('insertText', false, 'x');
    return performance.now() - began;
  });
  await frame.getByRole('button').click();
  const heard = (await told()) as { eventType: string; value: unknown }[];
  const inputs = heard.filter(({ eventType }) => eventType === 'input');
  expect(inputs.length).toBeGreaterThan(0);
  expect(inputs.length).toBeLessThanOrEqual(Math.ceil((ms + 100) / (1000 / 60)) + 2);
  expect(inputs.at(-1)?.value).toBe('x'.repeat(500));
  const types = heard.map(({ eventType }) => eventType);
  expect(types.lastIndexOf('input')).toBeLessThan(types.indexOf('click'));
  expect(types.lastIndexOf('input')).toBeLessThan(types.indexOf('change'));
});

test('an input and the click at once after it keep their order', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'input', listens: ['keydown'] }));
  await frame.locator('input').focus();
  await told();
  for (const key of ['a', 'b', 'c']) await page.keyboard.press(key);
  const heard = await told();
  const keys = heard.filter((each) => /keydown/.test(JSON.stringify(each)));
  expect(keys).toEqual([event(2, 'keydown', 'a'), event(2, 'keydown', 'b'), event(2, 'keydown', 'c')]);
  expect(heard.findIndex((each) => JSON.stringify(each) === JSON.stringify(event(2, 'input', 'ab')))).toBeLessThan(
    heard.findIndex((each) => JSON.stringify(each) === JSON.stringify(keys[2])),
  );
});

test('a form is never sent; that somebody wanted to is told, after what was typed', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(
    reset(
      {
        handle: 2, tag: 'form', listens: ['submit'],
        children: [{ handle: 3, tag: 'input', attributes: [['required', '']] }, { handle: 4, tag: 'button', children: ['Send'] }],
      },
      { handle: 5, tag: 'form', listens: ['submit'], children: [{ handle: 6, tag: 'input' }] },
    ),
  );
  const submits = async () => (await told()).filter((each) => /input|change|submit/.test(JSON.stringify(each)));
  await frame.getByRole('button').click();
  expect(await submits()).toEqual([]);
  await frame.locator('input').first().fill('x');
  await frame.getByRole('button').click();
  expect(await submits()).toEqual([event(3, 'input', 'x'), event(3, 'change', 'x'), event(2, 'submit')]);
  await frame.locator('input').first().press('Enter');
  expect(await submits()).toEqual([event(2, 'submit')]);
  await frame.locator('input').nth(1).fill('y');
  await frame.locator('input').nth(1).press('Enter');
  await expect.poll(submits).toEqual([event(6, 'input', 'y'), event(6, 'change', 'y'), event(5, 'submit')]);
});

test('the keys of the app work on the stage', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'input' }));
  await frame.locator('input').focus();
  await told();
  for (const keys of ['Control+Enter', 'Escape', 'Control+.', 'F6', 'Shift+F6', 'Control+k', 'Control+s', 'Alt+2', 'F10']) {
    await page.keyboard.press(keys);
  }
  // These are the program's.
  for (const keys of ['Alt+F6', 'Control+a', '?', 'k']) await page.keyboard.press(keys);
  const mine = ['Mod+Enter', 'Escape', 'Mod+.', 'F6', 'Shift+F6', 'Mod+K', 'Mod+S', 'Alt+2', 'F10'];
  const shortcuts = (await told()).filter((each) => JSON.stringify(each).includes('shortcut'));
  expect(shortcuts).toEqual(mine.map((shortcut) => ({ shortcut })));
  await expect(frame.locator('input')).toHaveValue('?k');
});
