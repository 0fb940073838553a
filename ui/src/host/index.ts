import type { Host } from './host';

/** `__HOST__` is a constant of the build, so that only one of the two is bundled. */
export async function openHost(): Promise<Host> {
  const host = __HOST__ === 'desktop' ? await import('./desktop') : await import('./web');
  return host.openHost();
}
