import { describe, expect, it } from 'vitest';
import { LimitInputs, readWhole } from './limits.svelte';

describe('readWhole', () => {
  it.each([
    ['0', 0],
    [' 512 ', 512],
    ['007', 7],
  ])('reads %j', (text, value) => {
    expect(readWhole(text, 1000)).toEqual({ ok: true, value });
  });

  it.each(['', '-1', '1.5', '1e3', 'ten', '1001', '99999999999999999999'])('refuses %j', (text) => {
    expect(readWhole(text, 1000).ok).toBe(false);
  });
});

describe('LimitInputs', () => {
  it('speaks of bytes to the host', () => {
    expect(new LimitInputs(10_000, 512).limits).toEqual({ timeoutMs: 10_000, turnTimeoutMs: 0, memoryBytes: 536_870_912 });
  });

  it('has no limits while one is refused', () => {
    const inputs = new LimitInputs(10_000, 512);
    inputs.memory.text = '-1';
    expect(inputs.limits).toBeNull();
    inputs.memory.text = '1';
    expect(inputs.limits).toEqual({ timeoutMs: 10_000, turnTimeoutMs: 0, memoryBytes: 1_048_576 });
  });
});
