import { type ChangeSet, type EditorState, type Range, RangeSet, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view';
import { type Place, rangeOf } from './place';

/** Marks the place of an error, or takes the mark away. */
export const setErrorMark = StateEffect.define<Place | null>();

const line = Decoration.line({ class: 'cm-errorLine' });
const characters = Decoration.mark({ class: 'cm-errorRange' });

class ErrorGutter extends GutterMarker {
  override elementClass = 'cm-errorGutter';
}
const gutter = new ErrorGutter();

function marksFor(state: EditorState, place: Place): DecorationSet {
  const { from, to } = rangeOf(state.doc, place);
  const at = state.doc.lineAt(from);
  const marks: Range<Decoration>[] = [line.range(at.from)];
  // An empty range, as of an error at the end of a line, has nothing to underline.
  if (to > from) marks.push(characters.range(from, to));
  return Decoration.set(marks);
}

function touched(marks: DecorationSet, changes: ChangeSet, doc: Text): boolean {
  const first = marks.iter();
  if (!first.value) return false;
  const at = doc.lineAt(first.from);
  return changes.touchesRange(at.from, at.to) !== false;
}

export const errorMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setErrorMark)) return effect.value ? marksFor(transaction.state, effect.value) : Decoration.none;
    }
    if (!transaction.docChanged) return marks;
    // Whoever edits the line is already at it: the mark has done its work.
    if (touched(marks, transaction.changes, transaction.startState.doc)) return Decoration.none;
    return marks.map(transaction.changes);
  },
  provide: (self) => [
    EditorView.decorations.from(self),
    gutterLineClass.compute([self], (state) => {
      const first = state.field(self).iter();
      if (!first.value) return RangeSet.empty;
      return RangeSet.of([gutter.range(state.doc.lineAt(first.from).from)]);
    }),
  ],
});
