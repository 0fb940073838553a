import { type EditorState, type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip } from '@codemirror/view';
import { callAround, importedModules, isText, nameAt } from './calls';
import type { KnownNow } from './completion';
import { describeFunction } from './describe';
import { functionCalled } from '../known';

/** What a function is, under the pointer. */
function hover(known: KnownNow): Extension {
  return hoverTooltip(
    ({ state }, pos) => {
      const at = nameAt(state, pos);
      const found = at && functionCalled(at.name, known(), importedModules(state));
      return at && found ? { pos: at.from, end: at.to, above: true, create: () => ({ dom: describeFunction(found) }) } : null;
    },
    { hoverTime: 250, hideOnChange: true },
  );
}

type Help = { open: number; tooltip: Tooltip; said: string };
const ask = StateEffect.define<boolean>();

function helpAt(state: EditorState, known: KnownNow, only: number | null): Help | null {
  const pos = state.selection.main.head;
  if (!state.selection.main.empty) return null;
  const call = callAround(state, pos);
  if (!call || (only !== null && call.open !== only)) return null;
  const found = functionCalled(call.callee, known(), importedModules(state));
  if (!found) return null;
  const said = `${found.name} ${call.argument} ${call.keyword}`;
  const create = () => {
    const dom = describeFunction(found, call.argument, call.keyword);
    dom.dataset.testid = 'signature';
    return { dom };
  };
  return { open: call.open, said, tooltip: { pos: call.from, above: true, strictSide: false, arrow: false, create } };
}

/** The signature of the call that is being written: it comes with the first argument, and goes with the last. */
function help(known: KnownNow): Extension {
  const shown = StateField.define<Help | null>({
    create: () => null,
    update(before, transaction) {
      const { state, effects, docChanged, selection } = transaction;
      for (const effect of effects) if (effect.is(ask)) return effect.value ? helpAt(state, known, null) : null;
      if (!docChanged && !selection) return before;
      const typed = transaction.isUserEvent('input.type') || transaction.isUserEvent('input.complete');
      const { head } = state.selection.main;
      const begins = typed && /[(,]/.test(state.sliceDoc(Math.max(0, head - 1), head)) && !isText(state, head);
      const open = before && transaction.changes.mapPos(before.open, 1);
      const next = begins ? helpAt(state, known, null) : before ? helpAt(state, known, open) : null;
      // The same tooltip, unless it would say something else: a new one blinks.
      return next && before && next.said === before.said && next.tooltip.pos === before.tooltip.pos ? { ...next, tooltip: before.tooltip } : next;
    },
    provide: (self) => showTooltip.from(self, (help) => help?.tooltip ?? null),
  });
  const set = (view: EditorView, on: boolean) => {
    view.dispatch({ effects: ask.of(on) });
    return view.state.field(shown) !== null;
  };
  return [
    shown,
    // Behind the list of completions, which Escape closes first.
    Prec.high(
      keymap.of([
        { key: 'Mod-Shift-Space', run: (view) => set(view, true), preventDefault: true },
        { key: 'Escape', run: (view) => (view.state.field(shown) === null ? false : !set(view, false)) },
      ]),
    ),
    EditorView.domEventHandlers({ blur: (_event, view) => void (view.state.field(shown) && set(view, false)) }),
  ];
}

export function signatures(known: KnownNow): Extension {
  return [hover(known), help(known)];
}
