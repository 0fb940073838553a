import { Compartment, EditorState, type Extension, type StateEffect } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';

type Sheet = { state: EditorState; scroll: StateEffect<unknown> };

/** One state for each program, so that cursor, folds, scroll and what can be undone wait for its return. */
export class Sheets {
  readonly #extensions: Extension;
  /** What is brought later, for all of them. */
  readonly #slot = new Compartment();
  #later: Extension;
  readonly #put = new Map<number, Sheet>();
  /** The program that the view shows. */
  shown: number | null = null;

  /** `later` keeps the place of what is given to `bring`; its keys come first. */
  constructor(extensions: Extension, later: Extension) {
    this.#extensions = extensions;
    this.#later = later;
  }

  fresh(doc: string): EditorState {
    return EditorState.create({ doc, extensions: [this.#slot.of(this.#later), this.#extensions] });
  }

  bring(view: EditorView, later: Extension): void {
    this.#later = later;
    this.#complete(view);
  }

  #complete(view: EditorView): void {
    if (this.#slot.get(view.state) !== this.#later) view.dispatch({ effects: this.#slot.reconfigure(this.#later) });
  }

  /** Shows a program with this text. */
  show(view: EditorView, id: number, code: string): void {
    if (id !== this.shown) {
      if (this.shown !== null) this.#put.set(this.shown, { state: view.state, scroll: view.scrollSnapshot() });
      const sheet = this.#put.get(id);
      this.#put.delete(id);
      view.setState(sheet?.state ?? this.fresh(code));
      this.#complete(view);
      if (sheet) view.dispatch({ effects: sheet.scroll });
      this.shown = id;
    }
    follow(view, code);
  }

  /** Forgets the programs that are no longer there. */
  keep(ids: ReadonlySet<number>): void {
    for (const id of this.#put.keys()) if (!ids.has(id)) this.#put.delete(id);
  }
}

/** Takes over a text from outside, changing only what differs so that the cursor stays. */
function follow(view: EditorView, text: string): void {
  const now = view.state.doc.toString();
  if (now === text) return;
  let start = 0;
  while (start < now.length && start < text.length && now[start] === text[start]) start += 1;
  let end = 0;
  const most = Math.min(now.length, text.length) - start;
  while (end < most && now.at(-1 - end) === text.at(-1 - end)) end += 1;
  view.dispatch({ changes: { from: start, to: now.length - end, insert: text.slice(start, text.length - end) } });
}
