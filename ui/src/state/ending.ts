import type { Answer, RunError, Usage } from '../host/host';

/** How a run ended, as the interface speaks of it. */
export type Ending =
  | { kind: 'value'; repr: string; usage: Usage }
  | { kind: 'exception' | 'limit' | 'crash'; error: RunError; usage: Usage }
  /** `how`: whether the program ended itself, or its process was ended. */
  | { kind: 'stopped'; usage: Usage | null; how?: string }
  /** The host did not carry out the run, or was lost meanwhile. */
  | { kind: 'failed'; message: string };

export function endingOf(answer: Answer): Ending {
  switch (answer.state) {
    case 'value':
      return { kind: 'value', repr: answer.value.repr, usage: answer.usage };
    case 'failure': {
      const { error, usage } = answer;
      if (error.kind === 'cancelled') return { kind: 'stopped', usage, how: error.message };
      return { kind: error.kind, error, usage };
    }
    case 'cancelled':
      return { kind: 'stopped', usage: null };
    case 'refused':
      return { kind: 'failed', message: answer.message };
    default:
      return { kind: 'failed', message: `the run answered ${answer.state}` };
  }
}

export function failure(cause: unknown): Ending {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: 'failed', message };
}

export function usageOf(ending: Ending | null): Usage | null {
  return ending && ending.kind !== 'failed' ? ending.usage : null;
}
