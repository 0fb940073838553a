import { getContext, setContext, type Snippet } from 'svelte';

/** What the panel of the dock that is seen puts beside the tabs: they say its name already. */
export class DockBar {
  actions: Snippet | null = $state.raw(null);

  /** Shows these for as long as the component that calls this is there. */
  show(actions: () => Snippet | undefined): void {
    $effect.pre(() => {
      const mine = actions() ?? null;
      this.actions = mine;
      return () => {
        // The next panel may be there already.
        if (this.actions === mine) this.actions = null;
      };
    });
  }
}

const KEY = Symbol('dock bar');

export const giveDockBar = (): DockBar => setContext(KEY, new DockBar());
/** Null for what stands elsewhere. */
export const dockBar = (): DockBar | null => getContext<DockBar | undefined>(KEY) ?? null;
