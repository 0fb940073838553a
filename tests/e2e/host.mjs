// Sessions of the interface's own host module, which the build has as a file too.

import { readdirSync } from 'node:fs';

const file = readdirSync(new URL('../../dist/assets', import.meta.url)).find((name) => /^host-[^.]*\.js$/.test(name));

/** Puts the host into the page as `host`. */
export async function loadHost(page) {
  // By then the page has loaded it.
  await page.getByTestId('run').waitFor();
  await page.evaluate(async (file) => {
    const { openHost } = await import(`/assets/${file}`);
    globalThis.host = openHost();
  }, file);
}

export async function openSession(page) {
  await loadHost(page);
  await page.evaluate(async () => {
    const session = await globalThis.host.openSession(() => {});
    const ending = (reply) => {
      if (reply.state !== 'complete') return { kind: reply.state, says: reply.message ?? '' };
      const { ok, repr, error } = reply;
      return ok ? { kind: 'value', says: repr } : { kind: error.kind, says: `${error.excType}: ${error.message}` };
    };
    const timed = async (act) => {
      const began = performance.now();
      const reply = await act();
      return { ...ending(reply), ms: performance.now() - began };
    };
    globalThis.hostile = {
      run: (source) => timed(() => session.run(source)),
      stop: async (source) => {
        const running = session.run(source);
        // A worker in native code tells nothing that could be awaited.
        await new Promise((resolve) => setTimeout(resolve, 100));
        const { ms } = await timed(() => session.cancel());
        return { ...ending(await running), ms };
      },
      close: () => session.close(),
    };
  });
  return {
    /** Runs a program; tells how it ended and how long that took. */
    run: (source) => page.evaluate((source) => globalThis.hostile.run(source), source),
    /** Runs a program, and stops it once it is deep in what it does; tells how it ended and what Stop took. */
    stop: (source) => page.evaluate((source) => globalThis.hostile.stop(source), source),
    close: () => page.evaluate(() => globalThis.hostile.close()),
  };
}
