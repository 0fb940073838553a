// A session of the window's own commands, spoken to as ui/src/host does: events arrive on a channel and
// are acknowledged, and a reply counts once the events before it have come.

export async function openSession(browser) {
  await browser.execute(openInPage);
  const ask = (what, source) => browser.execute((what, source) => window.hostile[what](source), what, source);
  return {
    /** Runs a program; tells how it ended and how long that took. */
    run: (source) => ask('run', source),
    /** Runs a program, and stops it once it is deep in what it does; tells how it ended and what Stop took. */
    stop: (source) => ask('stop', source),
    close: () => ask('close'),
  };
}

async function openInPage() {
  const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  let session = 0;
  let received = 0;
  let heard = () => {};
  const channel = transformCallback(({ message }) => {
    if (!message) return;
    received += message.batch.events.length;
    heard();
    if (message.acknowledge) void invoke('acknowledge', { session });
  });
  const next = () => new Promise((resolve) => (heard = resolve));
  const ending = async ({ events, answer: { state, value, error, message } }) => {
    while (received < events) await next();
    if (state === 'value') return { kind: 'value', says: value.repr };
    if (state === 'failure') return { kind: error.kind, says: `${error.excType}: ${error.message}` };
    return { kind: state, says: message ?? '' };
  };
  const timed = async (act) => {
    const began = performance.now();
    const reply = await act();
    return { reply, ms: performance.now() - began };
  };
  // Every call is answered with None.
  const run = async (source) => {
    let reply = await invoke(source.externalFunctions ? 'start' : 'run', { session, source });
    while (reply.answer.state === 'pending') reply = await invoke('resume', { session, json: 'null' });
    return reply;
  };
  session = await invoke('open_session', { onEvents: `__CHANNEL__:${channel}` });
  window.hostile = {
    run: async (source) => {
      const { reply, ms } = await timed(() => run(source));
      return { ...(await ending(reply)), ms };
    },
    stop: async (source) => {
      const running = run(source);
      // What never gets past the compiler never prints.
      await Promise.race([next(), pause(500)]);
      await pause(50);
      const { reply, ms } = await timed(() => invoke('cancel', { session }));
      return { ...(await ending(await running)), answer: reply.answer.state, ms };
    },
    close: () => invoke('close_session', { session }),
  };
}
