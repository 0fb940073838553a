// What is painted, and what survives it.

import { expect, test } from '@playwright/test';

import { POLICIES, openStage, reset } from './harness';

for (const policy of POLICIES) {
  test(`a tree is painted and changed, under the policy of the ${policy}`, async ({ page }) => {
    const { frame, paint, refused } = await openStage(page, policy);
    await expect(page.getByText('Nothing on the stage yet.')).toBeVisible();
    await paint(
      reset(
        { handle: 2, tag: 'h1', children: ['Hello'] },
        { handle: 3, tag: 'p', styles: [['color', 'rgb(1, 2, 3)']], attributes: [['class', 'note'], ['title', 'a note']], children: ['one ', { handle: 4, tag: 'b', children: ['two'] }] },
        { handle: 5, tag: 'input', value: 'typed' },
        { handle: 6, tag: 'svg', attributes: [['viewBox', '0 0 10 10']], children: [{ handle: 7, tag: 'circle', attributes: [['r', '5']] }] },
        { handle: 8, tag: 'select', value: 'b', children: [{ handle: 9, tag: 'option', children: ['a'] }, { handle: 10, tag: 'option', children: ['b'] }] },
        { handle: 11, tag: 'img', attributes: [['src', 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7']] },
      ),
    );
    await expect(page.getByText('Nothing on the stage yet.')).toHaveCount(0);
    await expect(frame.getByRole('heading')).toHaveText('Hello');
    await expect(frame.locator('p.note')).toHaveText('one two');
    await expect(frame.locator('p')).toHaveCSS('color', 'rgb(1, 2, 3)');
    await expect(frame.locator('h1')).toHaveCSS('font-size', '24px');
    await expect(frame.locator('input')).toHaveValue('typed');
    await expect(frame.locator('select')).toHaveValue('b');
    expect(await frame.locator('circle').evaluate((circle) => circle.getBoundingClientRect().width)).toBeGreaterThan(10);
    expect(await frame.locator('img').evaluate((image) => image instanceof HTMLImageElement && image.naturalWidth)).toBe(1);

    await paint(
      { op: 'children', handle: 2, children: ['Bye'] },
      { op: 'attribute', handle: 3, name: 'title', value: null },
      { op: 'style', handle: 3, name: 'color', value: null },
      { op: 'value', handle: 5, value: 'set' },
      { op: 'remove', handle: 4 },
      { op: 'append', parent: 3, element: { handle: 12, tag: 'i', children: ['three'] } },
    );
    await expect(frame.getByRole('heading')).toHaveText('Bye');
    await expect(frame.locator('p')).toHaveText('one three');
    await expect(frame.locator('p')).not.toHaveAttribute('title');
    await expect(frame.locator('input')).toHaveValue('set');
    expect(await refused()).toEqual({ count: 0, why: '' });

    await paint(reset());
    await expect(page.getByText('Nothing on the stage yet.')).toBeVisible();
  });
}

test('typing, caret, selection, focus and scroll survive updates elsewhere', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  const lines = Array.from({ length: 100 }, (_, index) => ({ handle: 100 + index, tag: 'p', children: [`line ${index}`] }));
  await paint(reset({ handle: 2, tag: 'p', children: ['0'] }, ...lines, { handle: 3, tag: 'input' }, { handle: 4, tag: 'div' }));
  const input = frame.locator('input');
  await input.click();
  await page.keyboard.type('hello');
  await page.keyboard.press('ArrowLeft');
  const scroll = () => frame.locator('html').evaluate((html) => html.scrollTop);
  const before = await scroll();
  expect(before).toBeGreaterThan(1000);
  await told();

  for (let round = 0; round < 20; round += 1) {
    await paint(
      { op: 'children', handle: 2, children: [String(round)] },
      { op: 'append', parent: 4, element: { handle: 1000 + round, tag: 'p', children: ['more'] } },
      { op: 'value', handle: 3, value: await input.inputValue() },
      ...(round > 0 ? [{ op: 'remove', handle: 999 + round }] : []),
    );
    await page.keyboard.type('x');
  }
  await expect(input).toBeFocused();
  await expect(input).toHaveValue(`hell${'x'.repeat(20)}o`);
  expect(await scroll()).toBe(before);
  expect((await told()).filter((event) => /focus|blur/.test(JSON.stringify(event)))).toEqual([]);

  // Python writes into the field that has the focus.
  await paint({ op: 'value', handle: 3, value: 'HELLO THERE' });
  await page.keyboard.type('!');
  await expect(input).toHaveValue(/^HELLO THERE!$|^HELLO!THERE/);
});

test('the caret stays where it was when Python changes the value, or builds the field anew', async ({ page }) => {
  const { frame, paint } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'input', value: 'abcdef' }));
  const caret = () => frame.locator('input').evaluate((field) => (field instanceof HTMLInputElement ? [field.selectionStart, field.selectionEnd] : []));
  await frame.locator('input').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await paint({ op: 'value', handle: 2, value: 'ABCDEF' });
  expect(await caret()).toEqual([2, 2]);
  await paint({ op: 'children', handle: 1, children: ['again ', { handle: 2, tag: 'input', value: 'ABCDEF' }] });
  await expect(frame.locator('input')).toBeFocused();
  expect(await caret()).toEqual([2, 2]);
  await page.keyboard.press('End');
  await paint({ op: 'value', handle: 2, value: 'ABCDEFGH' });
  expect(await caret()).toEqual([8, 8]);
});

test('a selection in a text stays while the text counts on', async ({ page }) => {
  const { frame, paint } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'p', children: ['count 1'] }));
  await frame.locator('p').dblclick({ position: { x: 10, y: 8 } });
  const selected = () => frame.locator('html').evaluate(() => String(getSelection()));
  expect((await selected()).trim()).toBe('count');
  await paint({ op: 'children', handle: 2, children: ['count 1'] });
  expect((await selected()).trim()).toBe('count');
});

test('a program may put the focus somewhere, but not take it from who writes', async ({ page }) => {
  const { frame, paint } = await openStage(page);
  const editor = page.getByLabel('Editor');
  await editor.focus();
  await paint(reset({ handle: 2, tag: 'input' }, { handle: 3, tag: 'input' }), { op: 'focus', handle: 3 });
  await page.keyboard.type('code');
  await expect(editor).toHaveValue('code');
  await expect(frame.locator('input').nth(1)).toHaveValue('');

  await page.getByTestId('run').focus();
  await paint({ op: 'focus', handle: 3 });
  await expect(frame.locator('input').nth(1)).toBeFocused();
  await page.keyboard.type('there');
  await expect(frame.locator('input').nth(1)).toHaveValue('there');
  await paint({ op: 'focus', handle: 2 });
  await page.keyboard.type('here');
  await expect(frame.locator('input').nth(0)).toHaveValue('here');
  await paint({ op: 'focus', handle: null });
  await expect(frame.locator('input').nth(0)).not.toBeFocused();
});

test('a stage without height paints and takes patches; a new frame asks for the whole', async ({ page }) => {
  const { frame, paint, told } = await openStage(page);
  await page.getByText('Fold').click();
  await paint(reset({ handle: 2, tag: 'p', children: ['folded'] }));
  await page.getByText('Fold').click();
  await expect(frame.locator('p')).toBeVisible();
  expect(await told()).toEqual([]);

  await page.getByText('Show').click();
  await page.getByText('Show').click();
  await expect(page.getByTestId('stage')).toHaveAttribute('data-phase', 'ready');
  expect(await told()).toEqual(['lost']);
  await page.evaluate(() => globalThis.harness.stage.take([{ op: 'append', parent: 1, element: { handle: 3, tag: 'p' } }]));
  await paint(reset({ handle: 2, tag: 'p', children: ['again'] }));
  await expect(frame.locator('p')).toHaveText('again');
});

test('the stage follows the theme of the app', async ({ page }) => {
  const { frame, paint } = await openStage(page);
  await paint(reset({ handle: 2, tag: 'p', children: ['text'], styles: [['color', 'var(--danger)']] }));
  const back = frame.locator('html');
  await expect(back).toHaveCSS('background-color', 'rgb(255, 255, 255)');
  await expect(frame.locator('p')).toHaveCSS('color', 'rgb(180, 35, 44)');
  await page.getByText('Theme').click();
  await expect(back).toHaveCSS('background-color', 'rgb(22, 26, 34)');
  await expect(frame.locator('p')).toHaveCSS('color', 'rgb(255, 143, 143)');
  await page.getByText('Theme').click();
  await expect(back).toHaveCSS('background-color', 'rgb(255, 255, 255)');
});
