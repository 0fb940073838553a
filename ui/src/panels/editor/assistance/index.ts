// What an editor has beyond a text that can be typed. It is most of the editor's code, so it comes when the window is there.

import { closeCompletion } from '@codemirror/autocomplete';
import { foldGutter, foldKeymap } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { dropCursor, keymap, rectangularSelection } from '@codemirror/view';
import { completions, type KnownNow } from './completion';
import { pythonLanguage } from './language';
import { problemMarks } from './problems';
import { signatures } from './signature';

export { pythonLanguage } from './language';
export { markProblems } from './problems';

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

/** Who runs a program means the next Escape for it. */
const beforeRun = { key: 'Mod-Enter', run: (view: Parameters<typeof closeCompletion>[0]) => closeCompletion(view) && false };

/** Language, problems, folds, several cursors, search, completion and signatures of the functions that can be called. */
export function assist(known: KnownNow): Extension {
  return [
    Prec.highest(keymap.of([beforeRun])),
    // The gutters stand left and right of the numbers, which the editor has already.
    Prec.high(problemMarks()),
    Prec.low(foldGutter({ markerDOM: foldMarker })),
    pythonLanguage(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    rectangularSelection(),
    highlightSelectionMatches(),
    search({ top: true }),
    EditorState.phrases.of(PHRASES),
    completions(known),
    signatures(known),
    keymap.of([...searchKeymap.filter(({ key }) => key !== GO_TO_LINE), ...foldKeymap]),
  ];
}

function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement('span');
  marker.className = open ? 'cm-foldOpen' : 'cm-foldClosed';
  marker.title = open ? 'Fold' : 'Unfold';
  return marker;
}
