// The window: commands and one channel per session, typed by what Rust declares.

import { Channel } from '@tauri-apps/api/core';

import { commands, type AppError, type Delivery, type EdgeReply, type Handed } from './bindings';
import { fromEdge } from './edge';
import type { Answer, Batch, Fork, Host, Session } from './host';
import { Inbox } from './inbox';

type Answered<T> = { status: 'ok'; data: T } | { status: 'error'; error: AppError | string };

/** Errors of the framework itself arrive as plain strings in the same place. */
async function settled<T>(answer: Promise<Answered<T>>): Promise<T> {
  const result = await answer;
  if (result.status === 'ok') return result.data;
  throw new Error(typeof result.error === 'string' ? result.error : result.error.message);
}

export function openHost(): Host {
  return {
    kind: 'desktop',
    openSession,
    watchFiles: (onfiles) => {
      const channel = new Channel<Handed>();
      channel.onmessage = onfiles;
      void commands.watchFiles(channel);
    },
    readData: (grant) => settled(commands.readData(grant)),
    recent: {
      list: () => settled(commands.recentPrograms()),
      open: (number) => settled(commands.openRecent(number)),
    },
    folders: {
      list: () => settled(commands.mountedFolders()),
      choose: () => settled(commands.chooseFolder()),
      mount: (grant, place, mode) => settled(commands.mountFolder(grant, place, mode)),
      again: (number) => settled(commands.mountAgain(number)),
      unmount: (number) => settled(commands.unmountFolder(number)),
      forget: (number) => settled(commands.forgetFolder(number)),
    },
    openProgram: () => settled(commands.openProgram()),
    readProgram: (dropped) =>
      typeof dropped === 'number' ? settled(commands.readProgram(dropped)) : Promise.reject(new Error('the window is given files by number')),
    saveProgram: (grant, name, code) => settled(commands.saveProgram(grant, name, code)),
    loadWorkspace: () => settled(commands.loadWorkspace()),
    saveWorkspace: async (json) => void (await settled(commands.saveWorkspace(json))),
    saveFile: async (filename, data) => void (await settled(commands.saveFile(filename, data))),
    pastRecords: () => settled(commands.pastRecords()),
    pastRecord: (id, from) => settled(commands.pastRecord(id, from)),
    deletePastRecords: async () => void (await settled(commands.deletePastRecords())),
  };
}

async function openSession(onEvents: (batch: Batch) => void): Promise<Session> {
  const { inbox, channel, opened } = line(onEvents);
  return sessionOf(opened(await settled(commands.openSession(channel))), inbox);
}

async function fork(parent: number, at: number, onEvents: (batch: Batch) => void): Promise<Fork> {
  const { inbox, channel, opened } = line(onEvents);
  const { session, reply } = await settled(commands.fork(parent, at, channel));
  if (session === null) return { session: null, answer: reply.answer };
  return { session: sessionOf(opened(session), inbox), answer: await inbox.after(reply) };
}

/** A channel for a session that has no number yet. */
function line(onEvents: (batch: Batch) => void) {
  const inbox = new Inbox(onEvents);
  const channel = new Channel<Delivery>();
  let id = 0;
  channel.onmessage = ({ batch, acknowledge }) => {
    inbox.take(batch);
    if (acknowledge) void commands.acknowledge(id);
  };
  return { inbox, channel, opened: (session: number) => (id = session) };
}

function sessionOf(id: number, inbox: Inbox): Session {
  const tell = async (reply: Promise<Answered<EdgeReply>>): Promise<Answer> => inbox.after(await settled(reply));
  return {
    run: async (source) => fromEdge(await tell(commands.run(id, source))),
    start: (source) => tell(commands.start(id, source)),
    feed: (source) => tell(commands.feed(id, source)),
    resume: (json) => tell(commands.resume(id, json)),
    resumeWithError: (error) => tell(commands.resumeWithError(id, error)),
    resumeNotFound: () => tell(commands.resumeNotFound(id)),
    resumeAsFuture: () => tell(commands.resumeAsFuture(id)),
    resumeWithScript: (code, inputs, scriptName) => tell(commands.resumeWithScript(id, code, inputs, scriptName)),
    resolveFutures: (answers) => tell(commands.resolveFutures(id, answers)),
    dispatch: (json) => tell(commands.dispatch(id, json)),
    domEvent: (handle, eventType, json) => tell(commands.domEvent(id, { handle, eventType, json })),
    answer: (callId, json, error) => tell(commands.answer(id, { callId, json, error })),
    redraw: () => tell(commands.redraw(id)),
    pickFile: (callId, accept) => tell(commands.pickFile(id, callId, accept)),
    giveDropped: (callId, grant) => tell(commands.giveDropped(id, callId, grant)),
    configure: (settings) => tell(commands.configure(id, settings)),
    describe: (extensions) => tell(commands.describe(id, extensions)),
    snapshot: (at) => tell(commands.snapshot(id, at)),
    restore: (data, acceptForeign) => tell(commands.restore(id, data, acceptForeign)),
    variables: (at, open, from) => tell(commands.variables(id, at, open, from)),
    diagnose: (code) => tell(commands.diagnose(id, code)),
    continuation: (code) => tell(commands.continuation(id, code)),
    record: (from, limit, whole) => tell(commands.record(id, from, limit, whole)),
    recordValue: (value) => tell(commands.recordValue(id, value)),
    setRecording: (on) => tell(commands.setRecording(id, on)),
    fork: (at, onEvents) => fork(id, at, onEvents),
    replay: () => tell(commands.replay(id)),
    cancel: async () => fromEdge(await tell(commands.cancel(id))),
    close: async () => void (await settled(commands.closeSession(id))),
  };
}
