import { describe, expect, it } from '@jest/globals';

import { MAX_TOKENS, meanPool, truncateTokens } from './pooling.js';

describe('truncateTokens', () => {
  it('leaves a sequence that fits as it is', () => {
    const ids = Array.from({ length: MAX_TOKENS }, (_, i) => i);
    expect(truncateTokens(ids)).toEqual(ids);
  });

  it('cuts a longer one, and keeps its end mark', () => {
    const cut = truncateTokens(Array.from({ length: MAX_TOKENS + 50 }, (_, i) => i));
    expect(cut).toHaveLength(MAX_TOKENS);
    expect(cut.slice(-2)).toEqual([MAX_TOKENS - 2, MAX_TOKENS + 49]);
  });
});

describe('meanPool', () => {
  it('averages the tokens and scales to unit length', () => {
    const pooled = meanPool({ states: Float32Array.of(1, 0, 5, 8), tokens: 2, dimensions: 2 });
    expect(pooled[0]).toBeCloseTo(0.6, 6);
    expect(pooled[1]).toBeCloseTo(0.8, 6);
  });

  it('gives zeros, not NaN, for tokens that cancel out', () => {
    expect(Array.from(meanPool({ states: Float32Array.of(1, -2, -1, 2), tokens: 2, dimensions: 2 }))).toEqual([0, 0]);
  });
});
