import { fromBase64 } from '../text/base64';

const LONGEST_NAME = 120;
/** By then the browser has taken it. */
const FREE_AFTER_MS = 60_000;

/** Gives a file of a program (its data in base64) to the browser, which saves it where it saves all. */
export function download(filename: string, data: string): void {
  const url = URL.createObjectURL(new Blob([fromBase64(data)], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = nameOnly(filename);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), FREE_AFTER_MS);
}

/** A name without a folder, and without what hides how it ends. */
export function nameOnly(filename: string): string {
  const last = filename.split(/[\\/]/).at(-1) ?? '';
  const plain = last.replace(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '').replace(/^[.\s]+|[.\s]+$/g, '');
  return plain.slice(-LONGEST_NAME) || 'download';
}
