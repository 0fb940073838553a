import type { Workbench } from '../../state/workbench.svelte';

/** Points at the stretch of the selected entry for as long as the component that calls this is there. */
export function pointAtSelected(bench: Workbench): void {
  $effect(() => {
    const row = bench.record.selectedRow;
    bench.pointed = row === null ? null : bench.record.rows.range(row);
  });
  $effect(() => () => (bench.pointed = null));
}
