import { closeBracketsKeymap, closeCompletion } from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap, indentWithTab } from '@codemirror/commands';
import { foldGutter, foldKeymap } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, dropCursor, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, rectangularSelection } from '@codemirror/view';
import { completions, type KnownNow } from './completion';
import { markStretches } from './marks';
import { problemMarks } from './problems';
import { pythonText } from './pythonText';
import { signatures } from './signature';

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
  'Fold line': 'Fold',
  'Unfold line': 'Unfold',
};

/** The palette goes to a line. */
const GO_TO_LINE = 'Mod-Alt-g';

type Reactions = {
  onchange: (code: string) => void;
  online: (line: number) => void;
  onrun: () => void;
  /** The functions that can be called, at the moment. */
  known: KnownNow;
};

/** An editor for Python programs. */
export function pythonEditor({ onchange, online, onrun, known }: Reactions): Extension {
  const run = (view: EditorView) => {
    // The next Escape is meant for the program.
    closeCompletion(view);
    onrun();
    return true;
  };
  return [
    // Before the default keymap, in which Mod-Enter opens a line.
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
    problemMarks(),
    lineNumbers(),
    foldGutter({ markerDOM: foldMarker }),
    highlightActiveLineGutter(),
    pythonText({
      onchange,
      aria: {
        'aria-label': 'Program',
        'aria-description': 'Python. F8 goes to the next problem. Press Escape, then Tab to leave the editor. F6 goes to the next pane.',
      },
    }),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    rectangularSelection(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorState.phrases.of(PHRASES),
    markStretches,
    completions(known),
    signatures(known),
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap.filter(({ key }) => key !== GO_TO_LINE), ...historyKeymap, ...foldKeymap, indentWithTab]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged || update.selectionSet) online(update.state.doc.lineAt(update.state.selection.main.head).number);
    }),
  ];
}

function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement('span');
  marker.className = open ? 'cm-foldOpen' : 'cm-foldClosed';
  marker.title = open ? 'Fold' : 'Unfold';
  return marker;
}
