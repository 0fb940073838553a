// The host without an interface, for tests in a real browser. No build for people has this page.

import { openHost } from '../host';

Object.assign(globalThis, { host: await openHost() });
