import { defaultKeymap, historyKeymap, indentWithTab } from '@codemirror/commands';
import { type Extension, Prec } from '@codemirror/state';
import { EditorView, gutter, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { markStretches } from './marks';
import { pythonText } from './pythonText';

type Reactions = {
  onchange: (code: string) => void;
  online: (line: number) => void;
  onrun: () => void;
};

/** An editor for Python programs that does not know Python yet. */
export function pythonEditor({ onchange, online, onrun }: Reactions): Extension {
  const run = () => {
    onrun();
    return true;
  };
  return [
    // Before the default keymap, in which Mod-Enter opens a line.
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    lineNumbers(),
    highlightActiveLineGutter(),
    pythonText({
      onchange,
      aria: {
        'aria-label': 'Program',
        'aria-description': 'Python. F8 goes to the next problem. Press Escape, then Tab to leave the editor. F6 goes to the next pane.',
      },
    }),
    highlightActiveLine(),
    markStretches,
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged || update.selectionSet) online(update.state.doc.lineAt(update.state.selection.main.head).number);
    }),
  ];
}

/** The room of what comes in `assistance`, so that no text moves. */
export const roomForAssistance: Extension = [Prec.high(gutter({ class: 'cm-gutter-lint' })), Prec.low(gutter({ class: 'cm-foldGutter' }))];
