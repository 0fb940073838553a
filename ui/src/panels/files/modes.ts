// What programs may do in a mounted folder, in words.

import type { MountMode } from '../../host/host';

export const MODES: readonly { mode: MountMode; title: string; about: string }[] = [
  { mode: 'readOnly', title: 'Read only', about: 'Programs read its files. To write is a PermissionError.' },
  { mode: 'overlay', title: 'Overlay', about: 'What programs write stays in memory, until Reset or until a folder is unmounted. The folder stays as it is.' },
  { mode: 'readWrite', title: 'Read and write', about: 'Programs create, change and delete the real files in it, at once. Nothing brings them back.' },
];

export const modeTitle = (wanted: MountMode): string => MODES.find(({ mode }) => mode === wanted)?.title ?? wanted;
