// The worker that holds an interpreter. It says when a turn starts and ends, so that the page can
// end a program that does not end itself, and hands out what another worker needs to go on.

import { WebSession, explainTrap, initSync } from './engine/web';
import { say } from './messages';
import type { FromWorker, LogItem, ToWorker } from './worker-messages';

declare const self: {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

let session: WebSession | undefined;
let wakeUp: ReturnType<typeof setTimeout> | undefined;
let log: LogItem[] = [];

Object.assign(globalThis, {
  takeBatch: (json: string) => self.postMessage({ type: 'batch', json }),
  // The bytes are the engine's memory, and only for now.
  takeLog: (kind: string, name: string, bytes: Uint8Array) => log.push({ kind, name, bytes: new Uint8Array(bytes) }),
});

self.onmessage = ({ data }) => {
  switch (data.type) {
    case 'init':
      initSync({ module: data.module });
      return self.postMessage({ type: 'ready' });
    case 'open':
      session = new WebSession(data.key, data.ageMs);
      return;
    case 'recall':
      return guarded((session) => {
        session.recall(
          data.log.map(({ kind }) => kind),
          data.log.map(({ name }) => name),
          data.log.map(({ bytes }) => bytes),
        );
        if (!data.recording) session.send(say('record', { recording: false, limit: 0 }));
        self.postMessage({ type: 'recalled' });
      });
    case 'begin':
      return guarded((session) => carryOn(session, session.begin(data.how, data.source)));
    case 'send':
      return guarded((session) => carryOn(session, session.send(data.message)));
    case 'stop':
      return guarded((session) => {
        const reply = session.stop();
        if (reply === undefined) return;
        clearTimeout(wakeUp);
        ended(reply);
      });
  }
};

function carryOn(session: WebSession, reply: string | undefined) {
  if (reply === undefined) turn(session);
  else ended(reply);
}

/** Runs until the program pauses, has ended or sleeps; only while it sleeps can a message arrive. */
function turn(session: WebSession) {
  handOver();
  self.postMessage({ type: 'turn', running: true });
  const result: unknown = session.turn();
  self.postMessage({ type: 'turn', running: false });
  if (typeof result === 'string') ended(result);
  else wakeUp = setTimeout(() => guarded(turn), Number(result));
}

function ended(json: string) {
  handOver();
  self.postMessage({ type: 'reply', json });
}

function handOver() {
  if (log.length === 0) return;
  self.postMessage({ type: 'log', items: log }, log.map(({ bytes }) => bytes.buffer));
  log = [];
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
