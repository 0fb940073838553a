import { history } from '@codemirror/commands';
import { indentUnit } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection } from '@codemirror/view';
import { appearance } from './appearance';

type About = {
  onchange: (text: string) => void;
  /** What the field is called and how it is used, as attributes. */
  aria: Record<`aria-${string}`, string>;
};

/** What every field for Python has without knowing Python: how it looks, goes back and is told of. Keys are not among it. */
export function pythonText({ onchange, aria }: About): Extension {
  const nonce = document.querySelector<HTMLStyleElement>('#csp-nonce')?.nonce ?? '';
  return [
    EditorView.cspNonce.of(nonce),
    history(),
    drawSelection(),
    indentUnit.of('    '),
    EditorState.tabSize.of(4),
    appearance,
    // Editable text takes the focus without a tabindex, but not every checker knows.
    EditorView.contentAttributes.of({ tabindex: '0', ...aria }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onchange(update.state.doc.toString());
    }),
  ];
}
