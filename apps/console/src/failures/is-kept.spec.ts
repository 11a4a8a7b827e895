import { describe, expect, it } from '@jest/globals';
import { isKept } from './is-kept.js';

const kept = (share: number, workloads = {}): number =>
  Array.from({ length: 2_000 }, (_, n) => isKept({ workload: 'support', conversationId: `c${n}` }, { share, workloads })).filter(Boolean).length;

describe('the share of conversations that is kept', () => {
  it('is what was asked for', () => {
    expect(kept(0)).toBe(0);
    expect(kept(1)).toBe(2_000);
    expect(Math.abs(kept(0.25) - 500)).toBeLessThan(80);
  });

  it('holds what a smaller share holds', () => {
    const both = Array.from({ length: 500 }, (_, n) => [0.2, 0.6].map((share) => isKept({ workload: 'w', conversationId: `c${n}` }, { share, workloads: {} })));
    expect(both.filter(([small, large]) => small && !large)).toEqual([]);
  });

  it('may be another one for a workload', () => {
    expect(kept(1, { support: { share: 0 } })).toBe(0);
    expect(kept(0, { support: { share: 1 } })).toBe(2_000);
    expect(kept(1, { sales: { share: 0 } })).toBe(2_000);
  });
});
