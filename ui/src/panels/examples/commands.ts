// The examples as commands of the palette.

import { EXAMPLES } from '../../examples';
import type { Item } from '../../state/found';
import type { Workbench } from '../../state/workbench.svelte';
import { guideOf } from './guide.svelte';

/** Each opens its example beside what is open, and its words in the panel. */
export function exampleCommands(bench: Workbench): Item[] {
  return EXAMPLES.map((example) => ({
    id: `example ${example.id}`,
    title: `Open example: ${example.title}`,
    kind: '',
    keys: '',
    off: null,
    act: () => {
      bench.settings.change({ side: 'examples' });
      guideOf(bench).open(example);
    },
  }));
}
