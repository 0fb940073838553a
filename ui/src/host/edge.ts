// From the words of the edge, which are generated, to those of the interface.

import type { EdgeReply } from './bindings';
import type { Reply } from './types';

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
