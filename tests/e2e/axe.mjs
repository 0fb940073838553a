// What axe finds wrong in a part of the page, in a theme, in short words.

import { AxeBuilder } from '@axe-core/playwright';

/** The stage's frame has no scripts but its own, and axe would have to be put into it. */
export async function findings(page, scheme, part = 'body') {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  const { violations } = await new AxeBuilder({ page }).include(part).exclude('iframe').analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
}
