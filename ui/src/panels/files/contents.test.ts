import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../text/base64';
import { hexOf, shownOf, textOf } from './contents';

const utf8 = (text: string) => new TextEncoder().encode(text);

describe('a file', () => {
  it.each([
    ['', '0 characters, 0 lines'],
    ['one', '3 characters, 1 line'],
    ['é\nü\n', '4 characters, 2 lines'],
  ])('of the text %j says its length', (text, about) => {
    expect(shownOf(toBase64(utf8(text)))).toEqual({ kind: 'text', text, about, isWhole: true });
  });

  it('of a long text is shortened, and says so', () => {
    const shown = shownOf(toBase64(utf8('x'.repeat(250_000))));
    expect(shown).toMatchObject({ kind: 'text', isWhole: false });
    expect(shown.text).toHaveLength(20_000);
    expect(shown.about).toBe('250,000 characters, 1 line; the first 20,000 characters are shown');
  });

  it('of bytes is hexadecimal, with its size', () => {
    expect(shownOf(toBase64(new Uint8Array([0, 1, 65, 255])))).toEqual({
      kind: 'bytes',
      text: '0000 00 01 41 ff             ··A·',
      about: '4 B, not text',
    });
    expect(shownOf(toBase64(new Uint8Array(5000))).about).toBe('4.9 KB, not text; the first 2 KB are shown');
  });

  it.each([
    [[0xff, 0xfe], null],
    [[0x61, 0x00], null],
    [[0x61, 0x09, 0x0d, 0x0a, 0x1b], 'a\t\r\n\x1b'],
    [[0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ])('of the bytes %j is the text %j', (bytes, text) => expect(textOf(new Uint8Array(bytes))).toBe(text));

  it('has eight bytes a line', () => {
    expect(hexOf(utf8('Hello, world')).split('\n')).toEqual(['0000 48 65 6c 6c 6f 2c 20 77 Hello, w', '0008 6f 72 6c 64             orld']);
  });
});
