import { type Known, owner, partsOf } from '../known';

/** A function in words and its signature, as nodes. The parameter with this number, or this name, stands out. */
export function describeFunction(known: Known, active: number | null = null, keyword: string | null = null): HTMLElement {
  const root = element('div', 'cm-function');
  const { before, params, after } = partsOf(known.signature);
  const signature = element('code', 'cm-signature');
  const named = keyword === null ? -1 : params.findIndex((param) => param.split(':')[0]?.trim() === keyword);
  const at = keyword === null ? active : named;
  signature.append(before);
  params.forEach((param, index) => {
    if (index > 0) signature.append(', ');
    signature.append(index === at ? element('strong', '', param) : param);
  });
  signature.append(after);
  root.append(signature);
  if (known.about !== '') root.append(element('p', 'cm-about', known.about));
  root.append(element('p', 'cm-owner', known.namespace === 'own' ? 'Your own function' : `From ${owner(known)}`));
  return root;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
