// What Rust declares in protocol/src/stage.rs and outcome.rs, until the generated types have it.

export type Handle = number;

export type StageElement = {
  handle: Handle;
  tag: string;
  attributes?: [string, string][];
  styles?: [string, string][];
  value?: string | null;
  listens?: string[];
  children?: StageNode[];
};

export type StageNode = string | StageElement;

export type Patch =
  | { op: 'reset'; root: StageElement }
  | { op: 'append'; parent: Handle; element: StageElement }
  | { op: 'remove'; handle: Handle }
  | { op: 'children'; handle: Handle; children: StageNode[] }
  | { op: 'attribute'; handle: Handle; name: string; value: string | null }
  | { op: 'style'; handle: Handle; name: string; value: string | null }
  | { op: 'value'; handle: Handle; value: string }
  | { op: 'listen'; handle: Handle; types: string[] }
  | { op: 'focus'; handle: Handle | null };

type Value = { json: string; repr: string };
type Range = { filename: string; start: Position; end: Position };
type Position = { line: number; column: number };

export type DialogKind = 'alert' | 'confirm' | 'prompt';
export type StageEvent = { event: 'stage'; patches: Patch[] };
export type WaitingEvent = { event: 'waiting'; functionName: string; callId: number; handles: Handle[]; range: Range | null };
export type WaitedEvent = { event: 'waited'; callId: number };
export type UploadRequested = { event: 'uploadRequested'; callId: number; accept: string | null; binary: boolean; maxBytes: number };
export type DialogRequested = { event: 'dialogRequested'; callId: number; kind: DialogKind; message: string; default: string | null };
export type PermissionRequested = {
  event: 'permissionRequested';
  callId: number;
  functionName: string;
  args: Value[];
  kwargs: { name: string; value: Value }[];
};
/** `data` is base64. */
export type DownloadRequested = { event: 'downloadRequested'; filename: string; data: string };

/** What a person did on the stage, for the command `domEvent`. */
export type DomEvent = { handle: Handle; eventType: string; value: string | boolean | null };
