import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  completionStatus,
  currentCompletions,
  insertCompletionText,
  pickedCompletion,
} from '@codemirror/autocomplete';
import { localCompletionSource } from '@codemirror/lang-python';
import { type Extension, Prec } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';
import { importedModules, isText } from './calls';
import { describeFunction } from './describe';
import { type Known, owner, partsOf, shortName } from '../known';
import { BUILTINS, EXCEPTIONS, KEYWORDS, MODULES } from './words';

export type KnownNow = () => readonly Known[];

const WORD = /^\w*$/;
const plain = (labels: string[], detail: string, boost: number): Completion[] => labels.map((label) => ({ label, detail, boost }));
const PYTHON = [...plain(KEYWORDS, 'keyword', 0), ...plain(BUILTINS, 'builtin', -1), ...plain(EXCEPTIONS, 'exception', -2)];

/** What can be written at a place. */
export function complete(context: CompletionContext, functions: readonly Known[]): CompletionResult | null {
  if (isText(context.state, context.pos)) return null;
  const line = context.state.doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const word = /\w*$/.exec(before)?.[0] ?? '';
  const from = context.pos - word.length;
  if (/^\s*(?:import|from)\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*\w*$/.test(before)) return result(from, modules(functions));
  if (before.charAt(before.length - word.length - 1) === '.') {
    const [, owner = ''] = /(\w+)\.\w*$/.exec(before) ?? [];
    const namespace = importedModules(context.state).get(owner);
    const methods = functions.filter((known) => known.namespace === namespace);
    return methods.length > 0 ? result(from, methods.map((known) => option(known, shortName(known)))) : null;
  }
  if (/^\d/.test(word) || (word === '' && !context.explicit)) return null;
  if (/\b(?:def|class|as)\s+\w*$/.test(before)) return null;
  const names = new Set(functions.map(({ name }) => name));
  const local = localCompletionSource(context)?.options ?? [];
  const own = local.filter(({ label }) => !names.has(label)).map(({ label }) => ({ label, detail: 'name', boost: 3 }));
  return result(from, [...functions.map((known) => option(known, known.name)), ...own, ...PYTHON]);
}

function result(from: number, options: Completion[]): CompletionResult {
  return { from, options, validFor: WORD };
}

function modules(functions: readonly Known[]): Completion[] {
  const ours = [...new Set(functions.map(({ namespace }) => namespace))].filter((name) => name !== 'own');
  return [...plain(ours, 'functions of the host', 2), ...plain(MODULES, 'module', 0)];
}

function option(known: Known, label: string): Completion {
  const takesNothing = partsOf(known.signature).params.length === 0;
  return {
    label,
    detail: owner(known),
    boost: known.namespace === 'own' ? 2 : 1,
    info: () => describeFunction(known),
    apply: (view, completion, from, to) => insertCall(view, completion, from, to, takesNothing),
  };
}

/** A call, with the cursor where the first argument goes. */
function insertCall(view: EditorView, completion: Completion, from: number, to: number, takesNothing: boolean): void {
  const isCalled = view.state.sliceDoc(to, to + 1) === '(';
  const change = insertCompletionText(view.state, isCalled ? completion.label : `${completion.label}()`, from, to);
  const end = from + completion.label.length + (isCalled ? 0 : takesNothing ? 2 : 1);
  view.dispatch({ ...change, selection: { anchor: end }, annotations: pickedCompletion.of(completion) });
}

/** Behind a word that is whole, Enter begins a line, whatever longer words there are. */
function endsWord(view: EditorView): boolean {
  if (completionStatus(view.state) !== 'active') return false;
  const { head } = view.state.selection.main;
  const word = view.state.wordAt(head);
  const written = word ? view.state.sliceDoc(word.from, head) : '';
  if (currentCompletions(view.state).some(({ label }) => label === written)) closeCompletion(view);
  return false;
}

/** Completion of what `known` gives at the moment, of Python's own words and of names in the program. */
export function completions(known: KnownNow): Extension {
  return [
    // Before the keys that autocompletion brings.
    Prec.highest(keymap.of([{ key: 'Enter', run: endsWord }, { key: 'Tab', run: acceptCompletion }])),
    autocompletion({
      override: [(context) => complete(context, known())],
      icons: false,
      filterStrict: true,
      maxRenderedOptions: 60,
    }),
  ];
}
