// @ts-check
/* global URL */
// What may be on the stage. The engine has checked it already; this is for the day it is wrong.

export const SVG = 'http://www.w3.org/2000/svg';

const words = (/** @type {string} */ text) => text.trim().split(/\s+/);

const HTML_TAGS = new Set(words(`
  a abbr address article aside b bdi bdo blockquote br button caption cite code col colgroup data datalist dd del
  details dfn dialog div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img
  input ins kbd label legend li main mark menu meter nav ol optgroup option output p pre progress q rp rt ruby s samp
  search section select small span strong sub summary sup table tbody td textarea tfoot th thead time tr u ul var wbr
`));

// Nothing that refers to another place, moves by itself, or holds HTML.
const SVG_TAGS = new Set(words('svg g path circle ellipse line polyline polygon rect text tspan title desc'));

const PLAIN = new Set(words(`
  abbr alt cite class cols colspan datetime dir disabled enterkeyhint for headers height hidden high id inputmode
  kind label lang list low max maxlength min minlength multiple novalidate open optimum pattern placeholder readonly
  required reversed role rows rowspan scope selected checked size span spellcheck start step tabindex title translate
  value width wrap autocomplete autocapitalize draggable
`));

/** With their one right spelling. @type {Map<string, string>} */
const DRAWN = new Map(words(`
  viewBox preserveAspectRatio d cx cy r rx ry x y x1 y1 x2 y2 dx dy points pathLength fill stroke transform opacity
  fill-opacity fill-rule stroke-width stroke-linecap stroke-linejoin stroke-dasharray stroke-dashoffset
  stroke-miterlimit stroke-opacity font-size font-family font-weight text-anchor dominant-baseline letter-spacing
  rotate textLength vector-effect paint-order
`).map((name) => [name.toLowerCase(), name]));

const INPUTS = new Set(words(`
  text search tel url email password number range date time datetime-local month week color checkbox radio button
  submit reset hidden
`));
const BUTTONS = new Set(['button', 'submit', 'reset']);
// The page's own names can be covered by those of an image or a form, so these two have none.
const NAMED = new Set(['input', 'select', 'textarea', 'button', 'output', 'fieldset', 'details']);

const CUSTOM = /^(?:data|aria)-[a-z0-9-]{1,60}$/;
const IMAGE = /^data:image\/(?:png|gif|jpeg|webp);base64,[a-z0-9+/=\s]*$/i;
const LINKS = new Set(['https:', 'http:', 'mailto:', 'tel:']);
const PROPERTY = /^(?:--|-)?[a-z][a-z0-9-]{0,60}$/i;
// A backslash could spell any of the words in another way.
const LOADS = /\\|url\s*\(|image-set\s*\(|cross-fade\s*\(|element\s*\(|src\s*\(|expression\s*\(|javascript:/i;

/** @param {string} tag @returns {'html' | 'svg' | null} */
export function kindOf(tag) {
  if (HTML_TAGS.has(tag)) return 'html';
  return SVG_TAGS.has(tag) ? 'svg' : null;
}

/**
 * The attribute's name as the page spells it, or null where this must not be set.
 * @param {string} tag @param {string} name @param {string | null} value
 */
export function attributeName(tag, name, value) {
  const lower = name.toLowerCase();
  if (lower === 'src') return tag === 'img' && (value === null || IMAGE.test(value)) ? lower : null;
  if (lower === 'href') return tag === 'a' && (value === null || isLink(value)) ? lower : null;
  if (lower === 'type') return value === null || isType(tag, value.toLowerCase()) ? lower : null;
  if (lower === 'name') return NAMED.has(tag) ? lower : null;
  if (PLAIN.has(lower) || CUSTOM.test(lower)) return lower;
  const drawn = kindOf(tag) === 'svg' ? DRAWN.get(lower) : undefined;
  return drawn !== undefined && (value === null || !LOADS.test(value)) ? drawn : null;
}

/** @param {string} name @param {string | null} value */
export function isStyle(name, value) {
  return PROPERTY.test(name) && (value === null || !LOADS.test(value));
}

/** @param {string} tag @param {string} type */
function isType(tag, type) {
  if (tag === 'input') return INPUTS.has(type);
  return tag === 'button' ? BUTTONS.has(type) : tag === 'ol' && type.length === 1;
}

/** @param {string} value */
function isLink(value) {
  try {
    return LINKS.has(new URL(value, 'https://stage.invalid/').protocol);
  } catch {
    return false;
  }
}
