/** A text in pieces: what stands between backticks is code. */
export function pieces(text: string): { text: string; code: boolean }[] {
  return text
    .split('`')
    .map((piece, index) => ({ text: piece, code: index % 2 === 1 }))
    .filter(({ text }) => text !== '');
}
