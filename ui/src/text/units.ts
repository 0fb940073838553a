/** Made when the first long number is shown: that takes milliseconds. */
let grouped: Intl.NumberFormat | undefined;

export function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
  grouped ??= new Intl.NumberFormat('en-US');
  return grouped.format(value);
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

export function duration(ms: number): string {
  if (ms < 10) return `${trim(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${trim((value / 1024).toFixed(1))} KB`;
  if (value < 1024 ** 3) return `${trim((value / 1024 ** 2).toFixed(1))} MB`;
  return `${trim((value / 1024 ** 3).toFixed(2))} GB`;
}

function trim(fixed: string): string {
  return fixed.replace(/\.0+$/, '');
}
