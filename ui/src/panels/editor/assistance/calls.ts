import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';

type SyntaxNode = ReturnType<ReturnType<typeof syntaxTree>['resolveInner']>;

/** A call around a place: what is called, and the argument in which the place is. */
export type CallAt = { callee: string; from: number; open: number; argument: number; keyword: string | null };

/** The innermost call between whose parentheses a place is. */
export function callAround(state: EditorState, pos: number): CallAt | null {
  for (let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1); node; node = node.parent) {
    if (node.name !== 'ArgList') continue;
    const closed = node.lastChild?.name === ')';
    if (pos <= node.from || (closed && pos >= node.to)) continue;
    const callee: SyntaxNode | null = node.parent?.name === 'CallExpression' ? node.parent.firstChild : null;
    if (!callee || callee === node) continue;
    return { callee: state.sliceDoc(callee.from, callee.to), from: callee.from, open: node.from, ...argumentAt(state, node, pos) };
  }
  return null;
}

function argumentAt(state: EditorState, list: SyntaxNode, pos: number): Pick<CallAt, 'argument' | 'keyword'> {
  let argument = 0;
  let keyword: string | null = null;
  let before: SyntaxNode | null = null;
  for (let child = list.firstChild; child && child.from < pos; child = child.nextSibling) {
    if (child.name === ',' && child.to <= pos) [argument, keyword] = [argument + 1, null];
    // A keyword stands before an `=`, which lies beside it in the list.
    if (child.name === 'AssignOp' && before?.name === 'VariableName') keyword = state.sliceDoc(before.from, before.to);
    before = child;
  }
  return { argument, keyword };
}

/** The dotted name at a place, up to the part that the place is in. */
export function nameAt(state: EditorState, pos: number): { name: string; from: number; to: number } | null {
  const found = ([1, -1] as const).map((side) => syntaxTree(state).resolveInner(pos, side));
  const node = found.find(({ name }) => name === 'VariableName' || name === 'PropertyName');
  if (!node) return null;
  if (node.name === 'VariableName') return { name: state.sliceDoc(node.from, node.to), from: node.from, to: node.to };
  if (node.name !== 'PropertyName' || node.parent?.name !== 'MemberExpression') return null;
  return { name: state.sliceDoc(node.parent.from, node.to), from: node.parent.from, to: node.to };
}

/** What modules are called in a program, by `import dom` or `import dom as d`. */
export function importedModules(state: EditorState): Map<string, string> {
  const modules = new Map<string, string>();
  syntaxTree(state).iterate({
    enter(node) {
      if (node.name !== 'ImportStatement') return node.name === 'Script' || node.name === 'Body' || /(?:Statement|Definition)$/.test(node.name);
      const said = state.sliceDoc(node.from, node.to);
      if (!said.startsWith('import')) return false;
      for (const part of said.slice('import'.length).split(',')) {
        const [, name, alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
        if (name) modules.set(alias ?? name, name);
      }
      return false;
    },
  });
  return modules;
}

/** Whether words at a place are text: in a string or a comment, but not in the braces of an f-string. */
export function isText(state: EditorState, pos: number): boolean {
  for (let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1); node; node = node.parent) {
    if (node.name === 'FormatReplacement') return false;
    if (node.name === 'Comment' || node.name === 'String' || node.name === 'FormatString') {
      // Behind the last quote the string is over.
      return !(node.to === pos && node.name !== 'Comment' && isClosed(state, node));
    }
  }
  return false;
}

function isClosed(state: EditorState, { from, to }: SyntaxNode): boolean {
  const [, quote = ''] = /^[a-z]*('''|"""|'|")/i.exec(state.sliceDoc(from, Math.min(to, from + 8))) ?? [];
  return quote !== '' && to - from > quote.length && state.sliceDoc(to - quote.length, to) === quote;
}
