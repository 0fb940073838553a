import { type ChangeDesc, ChangeSet, type EditorState, type Extension, type Range, RangeSet, StateEffect, StateField, type Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from '@codemirror/view';
import { type Place, rangeOf } from './place';

/**
 * What is marked: where the run failed, what waits, where a program that computes was seen last, what a panel
 * points at. Places are of the text that runs or ran.
 */
export type Wanted = { error: Place | null; lit: readonly Place[]; seen: Place | null; pointed: Place | null };
type Kind = 'error' | 'lit' | 'seen' | 'pointed';
type Stretch = { from: number; to: number };

/** The text as it is now is what runs from here on. */
export const runs = StateEffect.define<null>();
export const setMarks = StateEffect.define<Wanted>();

class LineMarker extends GutterMarker {
  override readonly elementClass: string;
  constructor(kind: Kind) {
    super();
    this.elementClass = `cm-${kind}Gutter`;
  }
}

const KINDS: Record<Kind, { line: Decoration; characters: Decoration; gutter: GutterMarker }> = {
  error: kind('error'),
  lit: kind('lit'),
  seen: kind('seen'),
  pointed: kind('pointed'),
};

function kind(name: Kind) {
  return {
    line: Decoration.line({ class: `cm-${name}Line` }),
    characters: Decoration.mark({ class: `cm-${name}Range` }),
    gutter: new LineMarker(name),
  };
}

/** The text that runs, and what has changed since. */
type Ran = { doc: Text; since: ChangeDesc };
type Marks = { ran: Ran | null; wanted: Wanted; decorations: DecorationSet; gutter: RangeSet<GutterMarker> };

const NOTHING: Wanted = { error: null, lit: [], seen: null, pointed: null };
const unchanged = (doc: Text): Ran => ({ doc, since: ChangeSet.empty(doc.length) });

/** Whether something between two places was changed; what was added at its ends lies beside it. */
function isTouched(since: ChangeDesc, { from, to }: Stretch): boolean {
  let touched = false;
  since.iterChangedRanges((start, end) => {
    if (start < to && end > from) touched = true;
  });
  return touched;
}

/** Where a stretch of the text that ran is now; null where it was changed. */
function follow({ doc, since }: Ran, place: Place, wholeLine: boolean): Stretch | null {
  const found = rangeOf(doc, place);
  const line = doc.lineAt(found.from);
  if (isTouched(since, found)) return null;
  // Whoever edits the line of an error is already at it: the mark has done its work.
  if (wholeLine && since.touchesRange(line.from, line.to) !== false) return null;
  const from = since.mapPos(found.from, 1);
  return { from, to: Math.max(from, since.mapPos(found.to, -1)) };
}

function draw(state: EditorState, ran: Ran | null, wanted: Wanted): Pick<Marks, 'decorations' | 'gutter'> {
  const base = ran ?? unchanged(state.doc);
  const decorations: Range<Decoration>[] = [];
  const gutter: Range<GutterMarker>[] = [];
  const add = (name: Kind, place: Place | null) => {
    const at = place && follow(base, place, name === 'error');
    if (!at) return;
    const { line, characters, gutter: marker } = KINDS[name];
    const start = state.doc.lineAt(at.from).from;
    decorations.push(line.range(start));
    gutter.push(marker.range(start));
    // An empty range, as of an error at the end of a line, has nothing to mark.
    if (at.to > at.from) decorations.push(characters.range(at.from, at.to));
  };
  add('error', wanted.error);
  for (const place of wanted.lit) add('lit', place);
  add('seen', wanted.seen);
  add('pointed', wanted.pointed);
  return { decorations: Decoration.set(decorations, true), gutter: RangeSet.of(gutter, true) };
}

const marks = StateField.define<Marks>({
  create: (state) => ({ ran: null, wanted: NOTHING, ...draw(state, null, NOTHING) }),
  update(before, { state, startState, effects, docChanged, changes }) {
    let { ran, wanted } = before;
    if (docChanged) ran = { doc: ran?.doc ?? startState.doc, since: ran ? ran.since.composeDesc(changes.desc) : changes.desc };
    for (const effect of effects) {
      if (effect.is(runs)) ran = unchanged(state.doc);
      else if (effect.is(setMarks)) wanted = effect.value;
    }
    // Nothing is marked, and nobody asked where anything of a run is.
    if (ran === before.ran && wanted === before.wanted) return before;
    return { ran, wanted, ...draw(state, ran, wanted) };
  },
  provide: (self) => [
    EditorView.decorations.from(self, ({ decorations }) => decorations),
    gutterLineClass.from(self, ({ gutter }) => gutter),
  ],
});

export const markStretches: Extension = marks;

/** Where a place of the text that ran is now, also where it was changed. */
export function placeNow(state: EditorState, place: Place): Stretch {
  const ran = state.field(marks, false)?.ran ?? unchanged(state.doc);
  const { from, to } = rangeOf(ran.doc, place);
  const start = ran.since.mapPos(from, 1);
  return { from: start, to: Math.max(start, ran.since.mapPos(to, -1)) };
}
