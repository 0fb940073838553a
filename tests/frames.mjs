/* global requestAnimationFrame -- what is handed to a page runs there */

// What runs in a page to see how well it keeps up. Each function stands alone: only its text gets there.

/** Scrolls a list for three seconds; tells the gaps between frames in milliseconds, and how many rows there were. */
export function scrolled(box, step) {
  const FRAMES = 180;
  const gaps = [];
  let most = 0;
  box.scrollTop = 0;
  let last = performance.now();
  return new Promise((resolve) => {
    const next = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      most = Math.max(most, box.querySelectorAll('[role=option]').length);
      if (step === 'smooth') box.scrollTop += 60;
      else box.scrollTop = (box.scrollHeight * ((gaps.length * 7919) % FRAMES)) / FRAMES;
      if (gaps.length < FRAMES) return requestAnimationFrame(next);
      gaps.sort((a, b) => a - b);
      resolve({ median: gaps[FRAMES / 2] ?? Infinity, p95: gaps[Math.floor(FRAMES * 0.95)] ?? Infinity, most });
    };
    requestAnimationFrame(next);
  });
}

/** Notes from now on the longest time in which the page answered nobody, in `longest`. */
export function watched() {
  globalThis.longest = 0;
  clearInterval(globalThis.watching);
  let last = performance.now();
  globalThis.watching = setInterval(() => {
    const now = performance.now();
    globalThis.longest = Math.max(globalThis.longest, now - last);
    last = now;
  }, 5);
}
