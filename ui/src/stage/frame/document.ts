import { script, scriptHash, style, styleHash } from 'virtual:stage-frame';

/** Stricter than the page's own, which holds in the frame as well. */
const POLICY = [
  "default-src 'none'",
  `script-src '${scriptHash}'`,
  `style-src '${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  // No text becomes code or HTML, not even by a mistake of ours.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The whole document of the stage, a constant. Names in links must not even be looked up. */
export const FRAME_DOCUMENT = [
  '<!doctype html><html lang="en"><head><meta charset="utf-8">',
  `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
  '<meta http-equiv="x-dns-prefetch-control" content="off"><meta name="referrer" content="no-referrer">',
  `<title>Stage</title><style>${style}</style><script>${script}</script></head><body></body></html>`,
].join('');
