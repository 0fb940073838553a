import type { Row } from '../../state/variables.svelte';

export type Todo = { to: number } | 'act' | 'copy';

/** What a key means in the tree, as treegrids have it; null if it means nothing there. */
export function keyAction(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>, rows: readonly Row[], at: number, page: number): Todo | null {
  const row = rows[at];
  if (!row || event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'c' ? 'copy' : null;
  const opens = row.kind === 'value' && row.variable.opens === true;
  switch (event.key) {
    case 'ArrowDown':
      return { to: at + 1 };
    case 'ArrowUp':
      return { to: at - 1 };
    case 'PageDown':
      return { to: at + page };
    case 'PageUp':
      return { to: at - page };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: rows.length - 1 };
    case 'Enter':
    case ' ':
      return 'act';
    case 'ArrowRight':
      if (!opens) return null;
      return row.isOpen ? { to: at + 1 } : 'act';
    case 'ArrowLeft':
      return row.kind === 'value' && row.isOpen ? 'act' : above(rows, at, row.level);
    default:
      return null;
  }
}

/** The row that this one is a part of. */
function above(rows: readonly Row[], at: number, level: number): Todo | null {
  const to = rows.findLastIndex((row, index) => index < at && row.level < level);
  return to < 0 ? null : { to };
}
