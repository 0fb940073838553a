import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { python } from '@codemirror/lang-python';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { highlightSpecialChars, keymap } from '@codemirror/view';
import { highlight } from './highlight';

/** What every field knows of Python: colours, indentation, brackets, signs that nobody sees. */
export function pythonLanguage(): Extension {
  return [highlightSpecialChars(), indentOnInput(), python(), syntaxHighlighting(highlight), bracketMatching(), closeBrackets(), keymap.of(closeBracketsKeymap)];
}
