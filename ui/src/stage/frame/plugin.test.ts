import { describe, expect, it } from 'vitest';
import config from '../../../../src-tauri/tauri.conf.json';
import { FRAME_DOCUMENT } from './document';
import { readFrame } from './plugin.js';

describe('the frame', () => {
  it('is one script that can be read, and stands whole in the document', () => {
    const { script, style } = readFrame();
    expect(() => new Function(script)).not.toThrow();
    expect(script).not.toMatch(/^\s*(import|export) /m);
    expect(FRAME_DOCUMENT).toContain(`<script>${script}</script>`);
    expect(FRAME_DOCUMENT).toContain(`<style>${style}</style>`);
  });

  it('covers no name of the browser that a part of it uses', () => {
    const { script } = readFrame();
    const used = [...script.matchAll(/^\/\* global (.*) \*\/$/gm)].flatMap(([, names]) => names?.split(', ') ?? []);
    const declared = [...script.matchAll(/^(?:async )?(?:const|let|function|class) (\w+)/gm)].map(([, name]) => name);
    expect(used).toContain('parent');
    expect(declared).toContain('Tree');
    expect(declared.filter((name) => name && used.includes(name))).toEqual([]);
  });

  it('has its hashes in the policy of the window (src-tauri/tauri.conf.json)', () => {
    const { scriptHash, styleHash } = readFrame();
    const policy = { 'script-src': `'self' '${scriptHash}'`, 'style-src': `'self' '${styleHash}'` };
    expect(config, 'write these into app.security.csp').toMatchObject({ app: { security: { csp: policy } } });
  });

  it('uses nothing that turns text into code or HTML', () => {
    const { script } = readFrame();
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|setAttributeNS|DOMParser|createRange|new Range/);
    // Only the self-test tries them.
    expect(script.match(/\beval\)?\(|new Function/g)).toEqual(['eval)(', 'new Function']);
  });
});
