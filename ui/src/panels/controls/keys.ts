const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** The same key as CodeMirror's "Mod". */
export function isMod(event: KeyboardEvent): boolean {
  return apple ? event.metaKey : event.ctrlKey;
}

export const RUN_KEYS = apple ? '⌘↵' : 'Ctrl+Enter';
export const STOP_KEYS = apple ? 'Esc or ⌘.' : 'Esc or Ctrl+.';
