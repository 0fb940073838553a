// The generated types of the stage and of what programs ask, by the names that the interface uses.

import type { Event } from '../host/host';

export type { DialogKind, Patch, StageElement, StageNode } from '../host/bindings';

export type Handle = number;

type Of<Name extends Event['event']> = Extract<Event, { event: Name }>;

export type StageEvent = Of<'stage'>;
export type WaitingEvent = Of<'waiting'>;
export type WaitedEvent = Of<'waited'>;
export type UploadRequested = Of<'uploadRequested'>;
export type DialogRequested = Of<'dialogRequested'>;
export type PermissionRequested = Of<'permissionRequested'>;
/** `data` is base64. */
export type DownloadRequested = Of<'downloadRequested'>;

/** What a person did on the stage, for the command `domEvent`. */
export type DomEvent = { handle: Handle; eventType: string; value: string | boolean | null };
