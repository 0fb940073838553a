import { closeBrackets } from '@codemirror/autocomplete';
import { history } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, drawSelection, highlightSpecialChars } from '@codemirror/view';
import { appearance } from './appearance';
import { highlight } from './highlight';

type About = {
  onchange: (text: string) => void;
  /** What the field is called and how it is used, as attributes. */
  aria: Record<`aria-${string}`, string>;
};

/** What every field for Python has: how its text looks, is indented, goes back and is told of. Keys are not among it. */
export function pythonText({ onchange, aria }: About): Extension {
  const nonce = document.querySelector<HTMLStyleElement>('#csp-nonce')?.nonce ?? '';
  return [
    EditorView.cspNonce.of(nonce),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentUnit.of('    '),
    EditorState.tabSize.of(4),
    indentOnInput(),
    python(),
    syntaxHighlighting(highlight),
    bracketMatching(),
    closeBrackets(),
    appearance,
    // Editable text takes the focus without a tabindex, but not every checker knows.
    EditorView.contentAttributes.of({ tabindex: '0', ...aria }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onchange(update.state.doc.toString());
    }),
  ];
}
