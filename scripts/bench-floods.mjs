// The window while a program floods it: how long it answers nobody, and what memory it takes.

import { join } from 'node:path';

import { scrolled, watched } from '../tests/frames.mjs';
import { person } from '../tests/desktop/person.mjs';
import { openApp } from '../tests/desktop/window.mjs';
import { memory } from './bench-window.mjs';

const PRINTS = `n = 0
while n < 1000000:
    n += 1
    print(n)
'flooded'`;
const RECORDS = `for i in range(50000):
    dom_create("p")
    storage_has("k")
'flooded'`;
/** Ten thousand changes a second, for three seconds. */
const UPDATES = `import time
bars = [dom_create("p") for _ in range(20)]
for bar in bars:
    dom_append(dom_root(), bar)
began = time.time()
changes = 0
while changes < 30000:
    for bar in bars * 5:
        dom_text(bar, str(changes))
        changes += 1
    ahead = changes / 10000 - (time.time() - began)
    if ahead > 0:
        time.sleep(ahead)
'flooded'`;

export async function benchFloods(target) {
  const window = await openApp(join(target, 'monty-playground'));
  const { browser } = window;
  try {
    const before = memory(window.app);
    for (const [what, code] of [
      ['1 000 000 printed lines', PRINTS],
      ['100 000 records, the timeline open', RECORDS],
      ['10 000 stage updates a second', UPDATES],
    ]) {
      const { seconds, gap } = await flood(browser, code);
      row(`${what}: the window answers within`, `${Math.round(gap)} ms`, `${seconds.toFixed(1)} s`, '≤ 100 ms');
    }
    row('  memory of all processes after them, before', `${Math.round(memory(window.app))} MB`, `${Math.round(before)} MB`, 'bounded');
    await browser.$('[data-testid="dock-timeline"]').click();
    for (const step of ['smooth', 'jumps']) {
      const script = `const done = arguments[1]; (${scrolled})(document.querySelector('[data-testid="timeline-list"]'), arguments[0]).then(done)`;
      const { median, p95 } = await browser.executeAsync(script, step);
      row(`  frames while the timeline scrolls (${step}), median and 95 %`, `${median.toFixed(1)} ms`, `${p95.toFixed(1)} ms`, '16.7 ms');
    }
  } finally {
    await window.close();
  }
}

async function flood(browser, code) {
  const somebody = person(browser);
  await browser.$(`[data-testid="dock-${code === RECORDS ? 'timeline' : 'console'}"]`).click();
  await somebody.writes(code);
  await browser.execute(watched);
  const began = Date.now();
  await somebody.starts();
  // A program that ends sooner is ready all the same.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await somebody.seesStatus('Ready');
  const seconds = (Date.now() - began) / 1000;
  const gap = await browser.execute(() => globalThis.longest);
  return { seconds, gap };
}

function row(what, ours, beside, goal) {
  console.log(`| ${what} | ${ours} | ${beside} | | ${goal} |`);
}
