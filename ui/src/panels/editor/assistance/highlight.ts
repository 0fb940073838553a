import { HighlightStyle } from '@codemirror/language';
import { tags as t } from '@lezer/highlight';

export const highlight = HighlightStyle.define([
  { tag: [t.comment, t.lineComment], color: 'var(--syntax-comment)', fontStyle: 'italic' },
  { tag: [t.keyword, t.controlKeyword, t.definitionKeyword, t.moduleKeyword, t.operatorKeyword], color: 'var(--syntax-keyword)' },
  { tag: [t.string, t.special(t.string), t.docString], color: 'var(--syntax-string)' },
  { tag: t.escape, color: 'var(--syntax-number)' },
  { tag: [t.number, t.bool, t.null], color: 'var(--syntax-number)' },
  { tag: [t.function(t.variableName), t.function(t.propertyName), t.function(t.definition(t.variableName))], color: 'var(--syntax-function)' },
  { tag: [t.className, t.definition(t.className), t.typeName], color: 'var(--syntax-type)' },
  { tag: [t.self, t.meta, t.standard(t.name)], color: 'var(--syntax-type)' },
  { tag: [t.operator, t.punctuation, t.bracket, t.separator], color: 'var(--syntax-punctuation)' },
  { tag: t.invalid, color: 'var(--danger)' },
]);
