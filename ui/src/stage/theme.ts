/** What frame/frame.css uses of style/tokens.css. */
const TOKENS = [
  '--font-ui', '--font-code', '--surface', '--raised', '--field', '--border', '--border-strong', '--hover', '--pressed',
  '--text', '--text-muted', '--text-faint', '--link', '--focus', '--search-match',
  // For programs: dom_style(h, "color", "var(--danger)") is right in both themes.
  '--accent', '--info', '--success', '--warning', '--warning-soft', '--danger', '--danger-soft', '--primary', '--on-primary',
];

export type Theme = { scheme: string; variables: Record<string, string> };

/** Tells the theme, now and whenever the app or the system changes it. */
export function watchTheme(tell: (theme: Theme) => void): () => void {
  const look = () => tell(readTheme());
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const chosen = new MutationObserver(look);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  dark.addEventListener('change', look);
  look();
  return () => {
    chosen.disconnect();
    dark.removeEventListener('change', look);
  };
}

/** A build may have turned light-dark() into what counts now, so both are read together. */
function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const variables = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(name).trim()]));
  return { scheme: style.getPropertyValue('color-scheme') || 'light dark', variables };
}
