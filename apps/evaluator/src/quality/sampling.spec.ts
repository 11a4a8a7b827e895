import { describe, expect, it } from '@jest/globals';
import { inQualitySample, isSampled } from './sampling.js';

const ids = Array.from({ length: 20_000 }, (_, i) => `interaction-${i}`);
const sampleAt = (rate: number): string[] => ids.filter((interactionId) => isSampled({ interactionId, rate }));

describe('isSampled', () => {
  it('takes about the share that it is told', () => {
    // Four standard errors of a binomial share of 5 % in 20,000.
    expect(Math.abs(sampleAt(0.05).length - 1_000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.05 * 0.95));
  });

  it('keeps the same interactions, and all of them when the rate grows', () => {
    const small = sampleAt(0.05);
    expect(sampleAt(0.05)).toEqual(small);
    const large = new Set(sampleAt(0.2));
    expect(small.every((id) => large.has(id))).toBe(true);
  });

  it('takes nothing at 0 and everything at 1', () => {
    expect(sampleAt(0)).toEqual([]);
    expect(sampleAt(1)).toHaveLength(ids.length);
  });
});

describe('inQualitySample', () => {
  const interaction = (attributes: object) => ({ id: 'e', source: '/g', type: 'ratchet.interaction.completed', time: '2026-01-01T00:00:00Z', data: { interactionId: 'i', attributes } });

  it('leaves out what was recorded without its texts', () => {
    expect([{}, { 'ratchet.content': 'none' }].map((attributes) => inQualitySample(interaction(attributes), 1))).toEqual([true, false]);
  });
});
