// What Rust declares is generated; only what the interface says in its own words stands here.

import type { EdgeError, EdgeReply, EdgeSource, Usage } from './bindings';

export type {
  Batch,
  ChosenFolder,
  Described,
  DescribedFunction,
  Diagnostic,
  Dropped,
  Handed,
  Mode as MountMode,
  MountedFolder,
  EdgeAnswer,
  EdgeError as RunError,
  EdgeLimits as Limits,
  EdgeNamed,
  EdgeRaised,
  EdgeReply,
  EdgeResolution,
  EdgeValue,
  EdgeSource,
  EdgeEvent as Event,
  Frame,
  Opened,
  PastRecord,
  RecentProgram,
  Range,
  Stream,
  Usage,
  Variable,
} from './bindings';

/** A program and, where the system knows its place, the number that stands for it. */
export type OpenedProgram = { grant: number | null; name: string; code: string };
export type SavedProgram = { grant: number | null; name: string };

export type Source = EdgeSource & { code: string };

/** How a run ended, or why there was none. */
export type Reply =
  | { state: 'complete'; ok: true; repr: string; usage: Usage }
  | { state: 'complete'; ok: false; error: EdgeError; usage: Usage }
  | { state: 'cancelled' }
  | { state: 'error'; code: string; message: string };

/** The answer to a command, in the words of the edge. */
export type Answer = EdgeReply['answer'];
