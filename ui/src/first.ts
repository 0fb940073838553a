// Imported before all else: what is kept is on its way while the rest of the script is read in.

import { openHost } from '#host';

export const host = openHost();
export const kept = host.loadWorkspace().catch(() => null);
