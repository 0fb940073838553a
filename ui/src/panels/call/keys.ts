const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether a key press gives the answer: Ctrl+Enter, or ⌘ Enter on a Mac. */
export function isSend(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.isComposing && (apple ? event.metaKey : event.ctrlKey);
}
