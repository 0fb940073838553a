import type { Workbench } from '../../state/workbench.svelte';

/** What the clock of the session shows, again and again while somebody is waited for. Called where a component begins. */
export function clockOf({ session, record }: Workbench, everyMs: number): () => number {
  let tick = $state(0);
  const waits = $derived(session.phase === 'paused' || (session.phase === 'running' && session.waits.length > 0));
  $effect(() => {
    if (!waits) return;
    const timer = setInterval(() => (tick += 1), everyMs);
    return () => clearInterval(timer);
  });
  return () => {
    void [tick, record.version, session.phase];
    return record.now;
  };
}
