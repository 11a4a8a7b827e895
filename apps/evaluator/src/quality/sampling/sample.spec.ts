import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { feedbackGiven, interactionCompleted } from '@ratchet/domain';
import { inQualitySample, isSampled, lotOf } from './sample.js';
import { SamplingRates } from './sampling-rates.js';

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
  const event = (type: string, data: unknown): EventEnvelope => ({ id: 'e', source: '/test', type, time: '2026-01-01T00:00:00Z', data });
  const [inside = '', outside = ''] = [ids.find((id) => lotOf(id) < 0.05), ids.find((id) => lotOf(id) > 0.3)];
  const stratum = { model: 'm', workload: 'w', version: 'v1', arm: 'rest' as const };
  const rates = new SamplingRates().startAt(0.05);
  rates.replace([{ ...stratum, rate: 0.05, boosts: {} }]);
  const interaction = (interactionId: string) => event(interactionCompleted.type, { interactionId, model: 'm', workload: 'w', version: 'v1' });
  const feedback = (interactionId: string | undefined, type: string) => event(feedbackGiven.type, { interactionId, source: { type } });

  it('lets in the interactions of the sample, and everything of other kinds', () => {
    expect(inQualitySample(interaction(inside), rates)).toBe(true);
    expect(inQualitySample(interaction(outside), rates)).toBe(false);
    expect(inQualitySample(event('ratchet.version.promoted', {}), rates)).toBe(true);
  });

  it('leaves out what was recorded without its texts', () => {
    const without = event(interactionCompleted.type, { interactionId: inside, model: 'm', workload: 'w', version: 'v1', attributes: { 'ratchet.content': 'none' } });
    expect(inQualitySample(without, rates)).toBe(false);
  });

  it('lets in what people say of them, not what programs say', () => {
    expect(inQualitySample(feedback(inside, 'user'), rates)).toBe(true);
    expect(inQualitySample(feedback(outside, 'user'), rates)).toBe(false);
    expect(inQualitySample(feedback(inside, 'judge'), rates)).toBe(false);
    expect(inQualitySample(feedback(undefined, 'user'), rates)).toBe(false);
  });
});
