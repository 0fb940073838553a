import type {
  Answer,
  Batch,
  ChosenFolder,
  EdgeNamed,
  EdgeRaised,
  EdgeResolution,
  EdgeSource,
  Handed,
  MountMode,
  MountedFolder,
  Opened,
  OpenedProgram,
  PastRecord,
  RecentProgram,
  Reply,
  SavedProgram,
  Source,
} from './types';

/** Everything the interface knows of where it runs. */
export interface Host {
  readonly kind: 'desktop' | 'browser';
  openSession(onEvents: (batch: Batch) => void): Promise<Session>;
  /** Calls when files come that only the system knows, dropped or named at the launch; they are given by number. */
  watchFiles(onfiles: (handed: Handed) => void): void;
  /** What is in one of them, in base64. */
  readData(grant: number): Promise<string>;
  /** Saves a file that a program gives away, where a person wants it. */
  saveFile(filename: string, data: string): Promise<void>;
  /** Opens a program that a person picks; null if they pick none. */
  openProgram(): Promise<OpenedProgram | null>;
  /** Opens a program that was dropped: a file of the page, or a number that the system gave. */
  readProgram(dropped: number | File): Promise<OpenedProgram>;
  /** Programs that were opened or saved last; null where the page learns of no places. */
  readonly recent: RecentHost | null;
  /** Folders of the machine that programs see; null where none can be. */
  readonly folders: FoldersHost | null;
  /** Saves a program where it was opened, or where a person wants it; null if they do not. */
  saveProgram(grant: number | null, name: string, code: string): Promise<SavedProgram | null>;
  /** What a person has opened and set, as it was kept last: an object in JSON. */
  loadWorkspace(): Promise<string | null>;
  saveWorkspace(json: string): Promise<void>;
  /** Records of sessions that are no longer open, the newest first. A browser keeps none. */
  pastRecords(): Promise<PastRecord[]>;
  /** A page of one of them, as JSON. */
  pastRecord(id: string, from: number): Promise<string>;
  deletePastRecords(): Promise<void>;
}

export interface RecentHost {
  /** The last one first. */
  list(): Promise<RecentProgram[]>;
  /** One that is gone leaves the list. */
  open(number: number): Promise<OpenedProgram>;
}

/** Each is known by a number; the list is what there is afterwards. */
export interface FoldersHost {
  list(): Promise<MountedFolder[]>;
  /** Lets a person choose one in a dialog of the system; null if they choose none. */
  choose(): Promise<ChosenFolder | null>;
  mount(grant: number, place: string, mode: MountMode): Promise<MountedFolder[]>;
  /** Asks a person whether one of an earlier launch may be mounted again. */
  again(number: number): Promise<MountedFolder[]>;
  unmount(number: number): Promise<MountedFolder[]>;
  forget(number: number): Promise<MountedFolder[]>;
}

/** One interpreter. Commands are carried out in order; `cancel` goes past those that wait. */
export interface Session {
  /** Runs a program; resolves when it ended. Events arrive meanwhile. */
  run(source: Source): Promise<Reply>;
  /** The same, and pauses at calls of the listed functions. */
  start(source: EdgeSource): Promise<Answer>;
  /** The same in the interpreter whose names persist. */
  feed(source: EdgeSource): Promise<Answer>;

  /** Answers the call that waits, with a value in JSON. */
  resume(json: string): Promise<Answer>;
  resumeWithError(error: EdgeRaised): Promise<Answer>;
  resumeNotFound(): Promise<Answer>;
  /** Leaves the call open; Python holds an awaitable. */
  resumeAsFuture(): Promise<Answer>;
  /** Answers with the value of another program. */
  resumeWithScript(code: string, inputs: EdgeNamed[], scriptName: string | null): Promise<Answer>;
  /** Answers calls that were left open. */
  resolveFutures(answers: EdgeResolution[]): Promise<Answer>;

  /** An event for `el_recv`, as JSON. */
  dispatch(json: string): Promise<Answer>;
  /** Something happened to an element of the stage. */
  domEvent(handle: number, eventType: string, json: string | null): Promise<Answer>;
  /** Answers what a program asked in an event, with a value in JSON or an error. */
  answer(callId: number, json: string | null, error: EdgeRaised | null): Promise<Answer>;
  /** Tells the whole stage again, for a page that does not know it. */
  redraw(): Promise<Answer>;
  /** Answers a request for a file by a dialog of the system; null where only a page can pick one. */
  readonly pickFile: ((callId: number, accept: string | null) => Promise<Answer>) | null;
  /** Answers one with a file that was dropped on the window. */
  readonly giveDropped: ((callId: number, grant: number) => Promise<Answer>) | null;
  /** Tells what holds for all programs of the session, as an object in JSON. */
  configure(settings: string): Promise<Answer>;
  /** The functions that programs can call, in every form. */
  describe(extensions: string[] | null): Promise<Answer>;

  /** The session as it is, or as it was at a recorded pause, signed. */
  snapshot(at: number | null): Promise<Answer>;
  restore(data: string, acceptForeign: boolean): Promise<Answer>;
  variables(at: number | null, open: Opened[], from: number): Promise<Answer>;
  /** What is wrong with a program, without running it. */
  diagnose(code: string): Promise<Answer>;
  /** Whether a text for the prompt is finished. */
  continuation(code: string): Promise<Answer>;

  record(from: number, limit: number | null, whole: boolean): Promise<Answer>;
  /** A large value of the record. */
  recordValue(id: string): Promise<Answer>;
  setRecording(on: boolean): Promise<Answer>;
  /** Opens a new session from a recorded call of this one, which goes on as it was. */
  fork(at: number, onEvents: (batch: Batch) => void): Promise<Fork>;
  /** Runs again what was recorded, aside, and says what goes otherwise first. */
  replay(): Promise<Answer>;

  /** Stops what runs; resolves when the session can be used again. */
  cancel(): Promise<Reply>;
  close(): Promise<void>;
}

/** A new session and what it waits for; none where the past could not be gone back to. */
export type Fork = { session: Session | null; answer: Answer };

export type {
  Answer,
  Batch,
  ChosenFolder,
  Described,
  DescribedFunction,
  Diagnostic,
  Dropped,
  EdgeValue,
  Event,
  Frame,
  Handed,
  Limits,
  MountMode,
  MountedFolder,
  Opened,
  OpenedProgram,
  PastRecord,
  Range,
  RecentProgram,
  Reply,
  RunError,
  SavedProgram,
  Source,
  Stream,
  Usage,
  Variable,
} from './types';
