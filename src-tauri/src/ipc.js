// How the page calls Rust. The framework's own way is a request to a custom protocol, which takes 0.3 ms;
// a message of the web view takes half of that, so what is small goes that way. What is large is
// cheaper as a request. `__INVOKE_KEY__` is put in by the framework, and known to this document only.

(() => {
  const invokeKey = __INVOKE_KEY__;
  const FETCH_CHANNEL = 'plugin:__TAURI_CHANNEL__|fetch';
  const SMALL = 8192;
  const { ipc, fetch, Headers } = window;

  /** Channels and resources of the framework say themselves what stands for them. */
  const write = (value) =>
    JSON.stringify(value, (_, part) => {
      if (part === null || typeof part !== 'object') return part;
      if (typeof part.__TAURI_TO_IPC_KEY__ === 'function') return part.__TAURI_TO_IPC_KEY__();
      return part instanceof Map ? Object.fromEntries(part) : part;
    });

  async function request({ cmd, callback, error, options }, body, type) {
    const { convertFileSrc, runCallback } = window.__TAURI_INTERNALS__;
    const headers = new Headers(options?.headers);
    headers.set('Content-Type', type);
    headers.set('Tauri-Callback', callback);
    headers.set('Tauri-Error', error);
    headers.set('Tauri-Invoke-Key', invokeKey);
    const response = await fetch(convertFileSrc(cmd, 'ipc'), { method: 'POST', body, headers });
    const kind = response.headers.get('content-type') ?? '';
    const read = kind.startsWith('application/json') ? 'json' : kind.startsWith('text/plain') ? 'text' : 'arrayBuffer';
    runCallback(response.headers.get('Tauri-Response') === 'ok' ? callback : error, await response[read]());
  }

  const fail = ({ error }, reason) => window.__TAURI_INTERNALS__.runCallback(error, String(reason));

  function postMessage(message) {
    const { cmd, callback, error, payload, options } = message;
    const raw = payload instanceof ArrayBuffer || ArrayBuffer.isView(payload) || Array.isArray(payload);
    if (raw) return void request(message, payload, 'application/octet-stream').catch((reason) => fail(message, reason));
    const body = write(payload ?? {});
    if (body.length > SMALL || cmd === FETCH_CHANNEL) {
      return void request(message, body, 'application/json').catch((reason) => fail(message, reason));
    }
    const head = JSON.stringify({ cmd, callback, error, options: { ...options, customProtocolIpcBlocked: false }, __TAURI_INVOKE_KEY__: invokeKey });
    ipc.postMessage(`${head.slice(0, -1)},"payload":${body}}`);
  }

  Object.defineProperty(window.__TAURI_INTERNALS__, 'postMessage', { value: postMessage });
})();
