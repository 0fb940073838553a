// From the words of the edge, which are generated, to those of the interface.

import type { EdgeReply, EdgeSource } from './bindings';
import type { Reply, Source } from './types';

export function toEdge(source: Source): EdgeSource {
  const { code, limits = {}, scriptName = null, externalFunctions = [] } = source;
  return {
    code,
    limits: {
      timeoutMs: limits.timeoutMs ?? null,
      turnTimeoutMs: limits.turnTimeoutMs ?? null,
      memoryBytes: limits.memoryBytes ?? null,
      recursionDepth: limits.recursionDepth ?? null,
      hostCalls: limits.hostCalls ?? null,
      sleepMs: limits.sleepMs ?? null,
      printBytes: limits.printBytes ?? null,
    },
    scriptName,
    externalFunctions,
  };
}

export function fromEdge(reply: EdgeReply): Reply {
  switch (reply.state) {
    case 'value':
      return { state: 'complete', ok: true, value: null, repr: reply.repr, usage: reply.usage };
    case 'failure':
      return { state: 'complete', ok: false, error: reply.error, usage: reply.usage };
    case 'cancelled':
      return { state: 'cancelled' };
    case 'refused':
      return { state: 'error', code: reply.code, message: reply.message };
  }
}
