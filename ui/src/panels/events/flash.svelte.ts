const LIT_MS = 700;

/** Is on for a moment after a number has changed. */
export class Flash {
  on = $state(false);

  constructor(count: () => number) {
    let before: number | null = null;
    $effect(() => {
      const now = count();
      const isFirst = before === null;
      const isSame = before === now;
      before = now;
      if (isFirst || isSame) return;
      this.on = true;
      const timer = setTimeout(() => (this.on = false), LIT_MS);
      return () => clearTimeout(timer);
    });
  }
}
