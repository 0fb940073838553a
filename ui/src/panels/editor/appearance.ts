import { EditorView } from '@codemirror/view';

const field = {
  font: 'inherit',
  color: 'var(--text)',
  background: 'var(--field)',
  border: '1px solid var(--border-strong)',
  borderRadius: 'var(--radius-s)',
  padding: '0 var(--space-2)',
  height: '24px',
  margin: '0',
};

/** CodeMirror's own parts in the colours and measures of tokens.css. */
export const appearance = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-code)', fontSize: 'var(--size-code)', lineHeight: 'var(--line-code)' },
  '.cm-content': { padding: 'var(--space-2) 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 var(--space-4) 0 var(--space-2)' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--selection)',
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--active-line)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '36px', padding: '0 var(--space-2) 0 var(--space-3)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--text)', backgroundColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--match)', outline: '1px solid var(--border-strong)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--danger-soft)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--match)' },
  '.cm-searchMatch': { backgroundColor: 'var(--search-match)', outline: 'none' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--search-match)', outline: '2px solid var(--search-current)' },

  '.cm-errorLine, &.cm-focused .cm-errorLine.cm-activeLine': { backgroundColor: 'var(--danger-soft)' },
  '.cm-errorRange': {
    textDecoration: 'underline wavy var(--danger)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-errorGutter, &.cm-focused .cm-errorGutter.cm-activeLineGutter': {
    color: 'var(--danger)',
    fontWeight: '600',
    backgroundColor: 'var(--danger-soft)',
    boxShadow: 'inset 3px 0 0 var(--danger)',
  },

  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', fontFamily: 'var(--font-ui)', zIndex: '5' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--border)' },
  '.cm-panel.cm-search': {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: 'var(--space-1)',
    padding: 'var(--space-2) var(--space-6) var(--space-2) var(--space-3)',
    fontSize: 'var(--size-s)',
  },
  '.cm-panel.cm-search br': { flexBasis: '100%', height: '0', content: '""' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: 'var(--space-1)', fontSize: 'inherit', margin: '0 var(--space-1)' },
  '.cm-panel.cm-search input[type=checkbox]': { margin: '0', accentColor: 'var(--primary)' },
  '.cm-textfield': { ...field, fontSize: 'inherit', width: '160px' },
  '.cm-button': { ...field, fontSize: 'inherit', backgroundImage: 'none', backgroundColor: 'var(--surface)', cursor: 'pointer' },
  '.cm-button:hover': { backgroundColor: 'var(--hover)' },
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--pressed)' },
  '.cm-textfield:focus-visible, .cm-button:focus-visible, .cm-panel.cm-search [name=close]:focus-visible': {
    outline: '2px solid var(--focus)',
    outlineOffset: '1px',
  },
  '.cm-panel.cm-search [name=close]': {
    color: 'var(--text-muted)',
    fontSize: '18px',
    width: '24px',
    height: '24px',
    top: 'var(--space-2)',
    right: 'var(--space-2)',
    borderRadius: 'var(--radius-s)',
    cursor: 'pointer',
  },
  '.cm-panel.cm-search [name=close]:hover': { backgroundColor: 'var(--hover)', color: 'var(--text)' },
});
