import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { history, historyKeymap, indentWithTab, standardKeymap } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, type KeyBinding, drawSelection, highlightSpecialChars, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { appearance } from '../editor/appearance';
import { highlight } from '../editor/highlight';

/** What keys do; `true` where they did it. */
export type Reactions = {
  onchange: (text: string) => void;
  onenter: () => boolean;
  onescape: () => boolean;
  onolder: () => boolean;
  onnewer: () => boolean;
};

const look = EditorView.theme({
  '&': { height: 'auto', maxHeight: '168px', backgroundColor: 'transparent' },
  '.cm-scroller': { lineHeight: 'var(--line-console)', overflow: 'auto' },
  '.cm-content': { padding: '6px 0' },
  '.cm-line': { padding: '0 var(--space-2) 0 0' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-muted)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '0', padding: '0 1ch 0 var(--space-4)' },
  '.cm-placeholder': { color: 'var(--text-faint)' },
});

/** An editor that is one line high, and grows with what is typed. */
export function promptEditor({ onchange, onenter, onescape, onolder, onnewer }: Reactions, describedBy: string): Extension {
  const nonce = document.querySelector<HTMLStyleElement>('#csp-nonce')?.nonce ?? '';
  const keys: KeyBinding[] = [
    { key: 'Enter', run: onenter },
    { key: 'Escape', run: onescape },
    { key: 'ArrowUp', run: onolder },
    { key: 'ArrowDown', run: onnewer },
  ];
  return [
    EditorView.cspNonce.of(nonce),
    Prec.highest(keymap.of(keys)),
    lineNumbers({ formatNumber: (line) => (line === 1 ? '>>>' : '...') }),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentUnit.of('    '),
    EditorState.tabSize.of(4),
    indentOnInput(),
    python(),
    syntaxHighlighting(highlight),
    bracketMatching(),
    closeBrackets(),
    look,
    appearance,
    placeholder('Python, with the names of the last run'),
    keymap.of([...closeBracketsKeymap, ...standardKeymap, ...historyKeymap, indentWithTab]),
    EditorView.contentAttributes.of({
      'aria-label': 'Prompt',
      // Editable text takes the focus without it, but not every checker knows.
      tabindex: '0',
      'aria-description': 'Enter runs, Shift Enter opens a line, arrows up and down go through what ran before, Escape leaves.',
      'aria-describedby': describedBy,
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onchange(update.state.doc.toString());
    }),
  ];
}
