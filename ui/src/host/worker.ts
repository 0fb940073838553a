// The worker that holds an interpreter. It says when a turn starts and ends, so that the page can
// end a program that does not end itself.

import { WebSession, explainTrap, initSync } from './engine/web';
import type { FromWorker, ToWorker } from './worker-messages';

declare const self: {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

let session: WebSession | undefined;
let wakeUp: ReturnType<typeof setTimeout> | undefined;

Object.assign(globalThis, { takeBatch: (json: string) => self.postMessage({ type: 'batch', json }) });

self.onmessage = ({ data }) => {
  switch (data.type) {
    case 'init':
      initSync({ module: data.module });
      session = new WebSession();
      return self.postMessage({ type: 'ready' });
    case 'run':
      return guarded((session) => {
        const reply = session.run(data.source);
        if (reply === undefined) turn(session);
        else ended(reply);
      });
    case 'stop':
      return guarded((session) => {
        const reply = session.stop();
        if (reply === undefined) return;
        clearTimeout(wakeUp);
        ended(reply);
      });
  }
};

/** Runs until the program has ended or sleeps; only while it sleeps can a message arrive. */
function turn(session: WebSession) {
  self.postMessage({ type: 'turn', running: true });
  const result: unknown = session.turn();
  self.postMessage({ type: 'turn', running: false });
  if (typeof result === 'string') ended(result);
  else wakeUp = setTimeout(() => guarded(turn), Number(result));
}

function ended(json: string) {
  self.postMessage({ type: 'reply', json });
}

/** A trap, an overflow of the stack or want of memory costs this worker, and the page is told. */
function guarded(act: (session: WebSession) => void) {
  if (!session) return;
  try {
    act(session);
  } catch (error) {
    const overflow = error instanceof RangeError;
    const text = overflow ? 'it overflowed its stack: the code or a value is nested too deeply' : String(error);
    let json = '';
    try {
      json = explainTrap(text);
    } catch (again) {
      // Past the memory limit the module's allocator ends whatever asks for more, this too.
      if (/unreachable/i.test(String(again))) return self.postMessage({ type: 'spent' });
      // Not even that works any more; the page explains.
    }
    self.postMessage({ type: 'broken', json });
  }
}
