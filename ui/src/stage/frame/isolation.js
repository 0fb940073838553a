// @ts-check
/* global Image, SecurityPolicyViolationEvent, WebSocket, document, fetch, indexedDB, localStorage, sessionStorage, setTimeout, top, parent, window */

/** @typedef {{ name: string, closed: boolean }} Probe */

// Nobody answers there (RFC 2606), so what is not refused by the policy fails too, but without its word.
const NOWHERE = 'stage.invalid';
const WORD_WITHIN_MS = 2000;

/** Tries every way out of the frame. All must be closed. @returns {Promise<Probe[]>} */
export async function tryWaysOut() {
  const results = Object.entries(REACHES).map(([name, reach]) => ({ name, closed: fails(reach) }));
  const loads = Object.entries(NETWORK).map(async ([name, load]) => ({ name, closed: await isRefused(name, load) }));
  return [...results, ...(await Promise.all(loads))];
}

/** Each must throw. @type {Record<string, () => unknown>} */
const REACHES = {
  'parent.document': () => parent.document.title,
  'parent.__TAURI_INTERNALS__': () => Reflect.get(parent, '__TAURI_INTERNALS__'),
  'top.location': () => top?.location.href,
  origin: () => window.origin === 'null' || 'an origin of its own',
  // WebKit does not throw, and keeps nothing.
  cookie: () => {
    document.cookie = 'stage=reached; max-age=1';
    return document.cookie === '';
  },
  localStorage: () => localStorage.length,
  sessionStorage: () => sessionStorage.length,
  indexedDB: () => indexedDB.open('stage'),
  __TAURI_INTERNALS__: () => Reflect.get(window, '__TAURI_INTERNALS__') ?? true,
  eval: () => (0, eval)('1'),
  Function: () => new Function('return 1')(),
};

/** `true` is as good as an error: there is nothing to reach. @param {() => unknown} reach */
function fails(reach) {
  try {
    return reach() === true;
  } catch {
    return true;
  }
}

/** Each must be refused by the policy, and heard to be. @type {Record<string, (url: string) => unknown>} */
const NETWORK = {
  fetch: (url) => fetch(`https://${url}`, { mode: 'no-cors' }),
  WebSocket: (url) => new WebSocket(`wss://${url}`),
  image: (url) => (new Image().src = `https://${url}`),
};

/** @param {string} name @param {(url: string) => unknown} load @returns {Promise<boolean>} */
function isRefused(name, load) {
  return new Promise((resolve) => {
    const url = `${name.toLowerCase()}.${NOWHERE}/`;
    const heard = (/** @type {Event} */ event) => {
      if (event instanceof SecurityPolicyViolationEvent && event.blockedURI.includes(url.slice(0, -1))) end(true);
    };
    const end = (/** @type {boolean} */ refused) => {
      document.removeEventListener('securitypolicyviolation', heard);
      resolve(refused);
    };
    document.addEventListener('securitypolicyviolation', heard);
    setTimeout(() => end(false), WORD_WITHIN_MS);
    try {
      // What fails afterwards says nothing; the policy's own word does.
      Promise.resolve(load(url)).catch(() => undefined);
    } catch {
      // A socket may be refused at once, and the word comes all the same.
    }
  });
}
