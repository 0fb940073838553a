import { test } from '@playwright/test';
import { loadHost } from './host.mjs';
import { person } from './person.mjs';
const OURS = `box = dom_create('div')
dom_append(dom_root(), box)
for i in range(33333):
    e = dom_create('p')
    dom_text(e, str(i))
    dom_append(box, e)
'built'`;
test('x', async ({ page }) => {
  await page.goto('/');
  await loadHost(page);
  for (let k = 0; k < 3; k++) console.log(await page.evaluate(async (code) => {
    const t0 = performance.now(); const log: string[] = []; let n = 0; let chars = 0;
    const s = await (globalThis as any).host.openSession(({ events }: any) => { for (const e of events) if (e.event === 'stage') { n += e.patches.length; log.push(`${Math.round(performance.now() - t0)}:${e.patches.length}`); } });
    const t1 = performance.now();
    const a = await s.start({ code, extensions: ['dom'] });
    const t2 = performance.now();
    return JSON.stringify([t1 - t0, t2 - t1, a.usage, n, log.length, log.slice(0, 6), log.slice(-3)]);
  }, OURS));
  await person(page).writes(OURS);
  const client = await page.context().newCDPSession(page);
  await page.getByTestId('run').click();
  await person(page).sees('result', /built/);
  await page.waitForTimeout(3000);
  console.log(await page.evaluate(() => performance.getEntriesByName('painted').at(-1)!.startTime - performance.getEntriesByName('run').at(-1)!.startTime));
  void client;
});
