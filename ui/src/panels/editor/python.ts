import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { appearance } from './appearance';
import { errorMark } from './errorMark';
import { highlight } from './highlight';
import { problemMarks } from './problems';

/** The panels in the spelling of the other buttons. */
const PHRASES = {
  next: 'Next',
  previous: 'Previous',
  all: 'All',
  'match case': 'Match case',
  regexp: 'Pattern',
  'by word': 'Whole word',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close',
  Diagnostics: 'Problems',
  'No diagnostics': 'No problems',
};

type Reactions = { onchange: (code: string) => void; onrun: () => void };

/** An editor for one Python program. */
export function pythonEditor({ onchange, onrun }: Reactions): Extension {
  const nonce = document.querySelector<HTMLStyleElement>('#csp-nonce')?.nonce ?? '';
  const run = () => {
    onrun();
    return true;
  };
  return [
    EditorView.cspNonce.of(nonce),
    // Before the default keymap, in which Mod-Enter opens a line.
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    problemMarks(),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    indentUnit.of('    '),
    EditorState.tabSize.of(4),
    indentOnInput(),
    python(),
    syntaxHighlighting(highlight),
    bracketMatching(),
    closeBrackets(),
    rectangularSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorState.phrases.of(PHRASES),
    errorMark,
    appearance,
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
    EditorView.contentAttributes.of({
      'aria-label': 'Program',
      // axe does not know that what can be edited can be focused.
      tabindex: '0',
      'aria-description': 'Python. F8 goes to the next problem. Press Escape, then Tab to leave the editor.',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onchange(update.state.doc.toString());
    }),
  ];
}
