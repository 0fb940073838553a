// The worker that holds an interpreter. It says when a turn starts and ends, so that the page can
// end a program that does not end itself, and hands out what another worker needs to go on.

import { WebSession, explainTrap, initSync } from './engine/web';
import { say } from './messages';
import { Warmth } from './warm';
import type { FromWorker, LogItem, ToWorker } from './worker-messages';

declare const self: {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
};

let session: WebSession | undefined;
let wakeUp: ReturnType<typeof setTimeout> | undefined;
/** Whether a program is on its way. */
let busy = false;
let log: LogItem[] = [];
const warmth = new Warmth();

Object.assign(globalThis, {
  takeBatch: (json: string) => {
    if (!warmth.isOn) self.postMessage({ type: 'batch', json });
  },
  // The bytes are the engine's memory, and only for now.
  takeLog: (kind: string, name: string, bytes: Uint8Array) => {
    if (!warmth.isOn) log.push({ kind, name, bytes: new Uint8Array(bytes) });
  },
});

self.onmessage = ({ data }) => {
  // Whoever needs this worker does not wait.
  warmth.end();
  switch (data.type) {
    case 'init':
      initSync({ module: data.module });
      return self.postMessage({ type: 'ready' });
    case 'warm':
      if (session) return;
      warmth.begin();
      return next();
    case 'rest':
      return;
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
    case 'aside':
      return guarded((session) => {
        const json = session.send(data.message);
        if (json !== undefined) self.postMessage({ type: 'heard', seq: data.seq, json });
        handOver();
        if (busy) next();
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

function carryOn(session: WebSession, reply: string | undefined) {
  if (reply !== undefined) return ended(reply);
  busy = true;
  turn(session);
}

/** Runs until the program pauses, has ended, waits, or others should have a turn. */
function turn(session: WebSession) {
  handOver();
  self.postMessage({ type: 'turn', running: true, waits: false });
  const result: unknown = session.turn();
  self.postMessage({ type: 'turn', running: false, waits: session.waits() });
  handOver();
  if (typeof result === 'string') return ended(result);
  const wait = Number(result);
  if (wait <= 0) next();
  else if (wait < Infinity) wakeUp = setTimeout(next, Math.min(wait, 2 ** 31 - 1));
}

/** Goes on when the messages that are there have been heard. A timer would wait for 4 ms. */
const { port1: soon, port2: later } = new MessageChannel();
let due = false;
later.onmessage = () => {
  due = false;
  if (busy) return guarded(turn);
  if (!warmth.isOn) return;
  warmth.turn();
  if (!warmth.isOn) return self.postMessage({ type: 'warm' });
  next();
};

function next() {
  clearTimeout(wakeUp);
  if (due) return;
  due = true;
  soon.postMessage(null);
}

function ended(json: string) {
  busy = false;
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
