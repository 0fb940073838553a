import { type Diagnostic as Mark, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import type { EditorState, Extension, TransactionSpec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { Diagnostic } from '../../../host/host';
import { placeOf, rangeOf } from '../place';

/** Marks in the gutter, and keys that go from one problem to the next. */
export function problemMarks(): Extension {
  return [lintGutter({ hoverTime: 150 }), keymap.of(lintKeymap)];
}

/** Marks these problems instead of those before them. */
export function markProblems(state: EditorState, diagnostics: readonly Diagnostic[]): TransactionSpec {
  const marks = diagnostics.map(({ message, severity, range }): Mark => {
    return { ...rangeOf(state.doc, placeOf(range)), severity, message };
  });
  return setDiagnostics(state, marks);
}
