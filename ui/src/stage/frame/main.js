// @ts-check
/* global Element, HTMLElement, MessageChannel, addEventListener, clearTimeout, document, parent, performance, removeEventListener, requestAnimationFrame, setTimeout */
import { isStyle } from './allowed.js';
import { Events } from './events.js';
import { caretOf, putCaret } from './fields.js';
import { guard } from './guards.js';
import { tryWaysOut } from './isolation.js';
import { focus, isConnected } from './own.js';
import { Tree } from './tree.js';

// A frame that is out of sight gets no animation frames.
const PAINT_ANYWAY_MS = 200;
// A flood is applied over several frames, so that the page stays alive.
const SLICE_MS = 40;
const SLICE_PATCHES = 64;

/** @param {MessagePort} port */
async function begin(port) {
  const results = await tryWaysOut();
  const sound = results.every(({ closed }) => closed);

  /** @type {{ patches: unknown[], seq: unknown, done: number }[]} */
  const batches = [];
  /** The last batch that is there in full. @type {unknown} */
  let seq = 0;
  /** @type {string[]} */
  let refusals = [];
  /** Python's wish for the focus, while the person is elsewhere. @type {Element | null} */
  let wanted = null;
  /** What had the focus last, which a browser forgets where the focus leaves the frame. @type {Element | null} */
  let focused = null;
  /** Keys that mean the app around, wherever the focus is. @type {readonly unknown[]} */
  let shortcuts = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const tree = new Tree(document.body, (why) => refusals.push(why), wantFocus);
  const events = new Events(tree, (told) => port.postMessage(told));
  events.start();
  guard(
    (form) => {
      if (tree.isHeard(form, 'submit')) events.tell(form, 'submit', null);
    },
    (keys) => shortcuts.includes(keys),
    (keys) => port.postMessage({ type: 'shortcut', keys }),
  );

  /** @param {Element | null} element */
  function wantFocus(element) {
    wanted = null;
    if (!element) blur();
    else if (document.hasFocus()) focus(element);
    else {
      // Who types in the editor must not be torn out of it; the page knows.
      wanted = element;
      port.postMessage({ type: 'focusWanted' });
    }
  }

  addEventListener('focus', () => {
    if (wanted) focus(wanted);
    wanted = null;
  });

  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element) focused = target;
  }, true);

  /** What has the focus keeps it, even when Python builds it anew. @param {() => void} apply */
  function keepFocus(apply) {
    const active = document.activeElement;
    const handle = active && tree.handleAt(active);
    const caret = active && caretOf(active);
    apply();
    // What is still there has lost it because Python said so.
    if (typeof handle !== 'number' || !active || isConnected(active)) return;
    const again = tree.element(handle);
    if (!again || document.activeElement !== document.body || !document.hasFocus()) return;
    focus(again);
    if (caret) putCaret(again, caret);
  }

  function paint() {
    clearTimeout(timer);
    if (batches.length === 0) return;
    refusals = [];
    const from = performance.now();
    events.muted = true;
    keepFocus(() => {
      for (let batch = batches[0]; batch && performance.now() - from < SLICE_MS; batch = batches[0]) {
        for (const patch of batch.patches.slice(batch.done, batch.done + SLICE_PATCHES)) tree.apply(patch);
        batch.done += SLICE_PATCHES;
        if (batch.done >= batch.patches.length) seq = batches.shift()?.seq;
      }
    });
    tree.settle();
    if (batches.length > 0) soon();
    events.muted = false;
    const ms = performance.now() - from;
    const { length: refused, 0: why = null } = refusals;
    const empty = tree.isEmpty;
    const painted = new MessageChannel();
    painted.port1.onmessage = () => port.postMessage({ type: 'painted', seq, ms, empty, refused, why });
    painted.port2.postMessage(null);
  }

  /** @param {unknown} data */
  function take(data) {
    if (typeof data !== 'object' || data === null || !('type' in data)) return;
    if (data.type === 'theme') dress(data);
    else if (data.type === 'shortcuts' && 'keys' in data && Array.isArray(data.keys)) shortcuts = data.keys;
    else if (data.type === 'enter' && focused && isConnected(focused)) focus(focused);
    if (data.type !== 'patches' || !sound || !('patches' in data) || !Array.isArray(data.patches)) return;
    batches.push({ patches: data.patches, seq: 'seq' in data ? data.seq : null, done: 0 });
    if (batches.length === 1) soon();
  }

  function soon() {
    requestAnimationFrame(paint);
    timer = setTimeout(paint, PAINT_ANYWAY_MS);
  }

  port.onmessage = ({ data }) => take(data);
  port.postMessage({ type: 'isolated', results });
}

/** Colours and measures of the app around. @param {object} theme */
function dress(theme) {
  const { style } = document.documentElement;
  if ('scheme' in theme) style.setProperty('color-scheme', String(theme.scheme));
  for (const [name, value] of Object.entries('variables' in theme && theme.variables ? theme.variables : {})) {
    if (name.startsWith('--') && isStyle(name, String(value))) style.setProperty(name, String(value));
  }
}

function blur() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

// The first word of the page around hands over the way in; nobody else's is heard.
addEventListener('message', function hear(event) {
  const [port] = event.ports;
  if (event.source !== parent || event.data !== 'stage' || !port) return;
  removeEventListener('message', hear);
  void begin(port);
});
