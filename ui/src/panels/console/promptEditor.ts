import { historyKeymap, indentWithTab, standardKeymap } from '@codemirror/commands';
import { type Extension, Prec } from '@codemirror/state';
import { EditorView, type KeyBinding, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { pythonText } from '../editor/pythonText';

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
export function promptEditor({ onchange, onenter, onescape, onolder, onnewer }: Reactions, describedBy: string, language: Extension): Extension {
  const keys: KeyBinding[] = [
    { key: 'Enter', run: onenter },
    { key: 'Escape', run: onescape },
    { key: 'ArrowUp', run: onolder },
    { key: 'ArrowDown', run: onnewer },
  ];
  return [
    Prec.highest(keymap.of(keys)),
    lineNumbers({ formatNumber: (line) => (line === 1 ? '>>>' : '...') }),
    // What comes first wins over the look that both have.
    look,
    language,
    pythonText({
      onchange,
      aria: {
        'aria-label': 'Prompt',
        'aria-description': 'Enter runs, Shift Enter opens a line, arrows up and down go through what ran before, Escape leaves.',
        'aria-describedby': describedBy,
      },
    }),
    placeholder('Python, with the names of the last run'),
    keymap.of([...standardKeymap, ...historyKeymap, indentWithTab]),
  ];
}
