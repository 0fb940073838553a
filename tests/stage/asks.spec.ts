// Cards for what a program asks of a person.

import { expect, test } from '@playwright/test';

import { openStage, POLICIES } from './harness';

const upload = { event: 'uploadRequested', callId: 7, accept: '.txt', binary: false, maxBytes: 1000 } as const;
const card = { name: 'The program asks for a file' };

test('a file is picked, and too large a one is refused before it is sent', async ({ page }) => {
  const { told } = await openStage(page);
  await page.evaluate((ask) => globalThis.harness.asks.take(ask), upload);
  await expect(page.getByRole('alertdialog', card)).toContainText('upload_file(".txt")');
  await expect(page.getByRole('button', { name: 'Choose file…' })).toBeFocused();
  const pick = async (size: number) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose file…' }).click();
    await (await chooser).setFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.alloc(size, 'é') });
  };
  await pick(2000);
  await expect(page.getByRole('alert')).toContainText('larger than 1000 B');
  await expect(page.getByRole('alertdialog')).toContainText('notes.txt');
  expect(await told()).toEqual([]);
  await pick(4);
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  expect(await told()).toEqual([{ callId: 7, json: '{"name":"notes.txt","data":{"$bytes":"w6nDqQ=="}}' }]);
});

test('a dropped file is sent; Cancel and Escape answer with None', async ({ page }) => {
  const { told } = await openStage(page);
  const ask = () => page.evaluate((ask) => globalThis.harness.asks.take(ask), upload);
  await ask();
  const data = await page.evaluateHandle(() => {
    const dropped = new DataTransfer();
    dropped.items.add(new File(['hi'], 'drop.txt'));
    return dropped;
  });
  await page.getByRole('group', { name: 'Place to drop a file' }).dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await ask();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await ask();
  await page.keyboard.press('Escape');
  expect(await told()).toEqual([{ callId: 7, json: '{"name":"drop.txt","data":{"$bytes":"aGk="}}' }, { callId: 7, json: 'null' }, { callId: 7, json: 'null' }]);
});

test('dialogs are answered by keyboard, and the focus goes back', async ({ page }) => {
  const { told } = await openStage(page);
  await page.getByTestId('run').focus();
  const ask = (callId: number, kind: 'alert' | 'confirm' | 'prompt') =>
    page.evaluate((ask) => globalThis.harness.asks.take(ask), { event: 'dialogRequested', callId, kind, message: 'Who?', default: kind === 'prompt' ? 'me' : null } as const);
  await ask(1, 'alert');
  await page.keyboard.press('Enter');
  await ask(2, 'confirm');
  await page.keyboard.press('Enter');
  await ask(3, 'confirm');
  await page.keyboard.press('Escape');
  await ask(4, 'prompt');
  await expect(page.getByLabel('Who?')).toBeFocused();
  await page.keyboard.press('Enter');
  await ask(5, 'prompt');
  await page.keyboard.type('you "two"');
  await page.keyboard.press('Enter');
  await ask(6, 'prompt');
  await page.keyboard.press('Escape');
  const answers = ['null', 'true', 'false', '"me"', '"you \\"two\\""', 'null'];
  expect(await told()).toEqual(answers.map((json, index) => ({ callId: index + 1, json })));
  await expect(page.getByTestId('run')).toBeFocused();
});

test('a permission is not given by an Enter that was meant for something else', async ({ page }) => {
  const { told } = await openStage(page);
  const ask = (callId: number) =>
    page.evaluate((callId) => {
      const args = [{ json: '"https://example.org"', repr: "'https://example.org'" }];
      const kwargs = [{ name: 'retries', value: { json: '2', repr: '2' } }];
      globalThis.harness.asks.take({ event: 'permissionRequested', callId, functionName: 'fetch_text', args, kwargs, rule: 'fetch_*' });
    }, callId);
  await ask(1);
  await expect(page.getByRole('alertdialog')).toBeFocused();
  await expect(page.getByRole('alertdialog')).toContainText("'https://example.org'");
  await page.keyboard.press('Enter');
  await page.keyboard.press('Space');
  expect(await told()).toEqual([]);
  await page.getByRole('button', { name: 'Allow once' }).click();
  await ask(2);
  await page.getByRole('button', { name: 'Deny' }).click();
  await ask(3);
  await page.keyboard.press('Escape');
  expect(await told()).toEqual([{ callId: 1, json: 'true' }, { callId: 2, json: 'false' }, { callId: 3, json: 'false' }]);
  await ask(4);
  await page.evaluate(() => globalThis.harness.asks.take({ event: 'waited', callId: 4 }));
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  expect(await told()).toEqual([]);
});

for (const policy of POLICIES) {
  test(`a program's file is saved, under the policy of the ${policy}`, async ({ page }) => {
    await openStage(page, policy);
    const saved = page.waitForEvent('download');
    await page.evaluate(() => globalThis.harness.asks.take({ event: 'downloadRequested', filename: '../../etc/report.csv', data: 'YSxiCg==' }));
    const file = await saved;
    expect(file.suggestedFilename()).toBe('report.csv');
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('a,b\n');
  });
}
