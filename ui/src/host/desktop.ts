// The window: commands and one channel per session, typed by what Rust declares.

import { Channel } from '@tauri-apps/api/core';

import { commands, type AppError } from './bindings';
import { fromEdge } from './edge';
import type { Batch, Host, Reply, Session } from './host';
import { Inbox } from './inbox';

type Answered<T> = { status: 'ok'; data: T } | { status: 'error'; error: AppError | string };

/** Errors of the framework itself arrive as plain strings in the same place. */
async function settled<T>(answer: Promise<Answered<T>>): Promise<T> {
  const result = await answer;
  if (result.status === 'ok') return result.data;
  throw new Error(typeof result.error === 'string' ? result.error : result.error.message);
}

export async function openHost(): Promise<Host> {
  return { kind: 'desktop', openSession };
}

async function openSession(onEvents: (batch: Batch) => void): Promise<Session> {
  const inbox = new Inbox(onEvents);
  let id = 0;
  const channel = new Channel<Batch>();
  channel.onmessage = (batch) => {
    inbox.take(batch);
    void commands.acknowledge(id);
  };
  id = await settled(commands.openSession(channel));
  const reply = async (answer: ReturnType<typeof commands.run>): Promise<Reply> => {
    const edge = await settled(answer);
    return inbox.after(edge.events, fromEdge(edge));
  };
  return {
    run: (source) => reply(commands.run(id, source)),
    cancel: () => reply(commands.cancel(id)),
    close: async () => void (await settled(commands.closeSession(id))),
  };
}
