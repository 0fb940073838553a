import type { Theme as Choice } from '../state/settings.svelte';

/** What frame/frame.css uses of style/tokens.css. */
const TOKENS = [
  '--font-ui', '--font-code', '--surface', '--raised', '--field', '--border', '--border-strong', '--hover', '--pressed',
  '--text', '--text-muted', '--text-faint', '--link', '--focus', '--search-match',
  // For programs: dom_style(h, "color", "var(--danger)") is right in both themes.
  '--accent', '--info', '--success', '--warning', '--warning-soft', '--danger', '--danger-soft', '--primary', '--on-primary',
];

export type Theme = { scheme: string; variables: Record<string, string> };

/** Tokens hold both themes in light-dark(); the scheme alone says which counts. */
export function themeOf(choice: Choice): Theme {
  const style = getComputedStyle(document.documentElement);
  const variables = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(name).trim()]));
  return { scheme: choice === 'system' ? 'light dark' : choice, variables };
}
