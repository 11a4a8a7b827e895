import { describe, expect, it } from '@jest/globals';
import { opportunityRanked, type OpportunityRanked } from '@ratchet/domain';
import { estimatePriority } from './priority-inputs.js';
import { rerank, type RerankInput } from './rerank.js';
import type { Failure } from '../analysis/failure.js';

const failuresOf = (opportunityId: string, count: number, parts: Partial<Failure> = {}): Failure[] =>
  Array.from({ length: count }, (_, i) => ({ interactionId: `${opportunityId}-${i}`, conversationId: `${opportunityId}-${i}`, version: 'v1', query: 'q', response: 'r', severity: 0.4, signals: [], reasons: [], comments: [], opportunityId, ...parts }));
const none = { succeeded: 0, failed: 0 };
const ranked = (opportunityId: string, rank: number, failures: Failure[], fixType: OpportunityRanked['fixType'] = 'training_examples'): OpportunityRanked => {
  const { inputs, priority, estimates } = estimatePriority(failures, { fixType, outcomes: none });
  return opportunityRanked.schema.parse({
    opportunityId, clusterId: 'k', model: 'm', workload: 'w', version: 'v1', size: failures.length, ...inputs, priority, estimates, rank, rootCause: 'intent_misunderstood', rootCauseConfidence: 0.9, rootCauseReason: 'r', fixType,
    suggestedFix: 's', strategy: 'x', commonPatterns: [], representatives: [], interactionIds: [], analysisId: 'a1', failuresAnalyzed: 40, rankedAt: '2026-01-01T00:00:00.000Z',
  });
};
const first = failuresOf('first', 12);
const second = failuresOf('second', 10);
const input = (parts: Partial<RerankInput> = {}): RerankInput => ({
  ranked: [ranked('first', 1, first), ranked('second', 2, second)], members: new Map([['first', first], ['second', second]]), outcomes: new Map(), efforts: new Map(), coverage: { share: 1 }, rankedAt: '2026-01-02T00:00:00.000Z', ...parts,
});

describe('rerank', () => {
  it('publishes nothing while nothing has changed', () => {
    expect(rerank(input())).toEqual([]);
  });

  it('swaps two opportunities when late corrections make the second one worse', () => {
    const worse = failuresOf('second', 10, { signals: [{ name: 'user_correction', strength: 1, evidence: {} }] });
    const again = rerank(input({ members: new Map([['first', first], ['second', worse]]) }));
    expect(again.map(({ opportunityId, rank, rankedAt }) => [opportunityId, rank, rankedAt])).toEqual([['second', 1, '2026-01-02T00:00:00.000Z'], ['first', 2, '2026-01-02T00:00:00.000Z']]);
    expect(again[0]?.severity).toBeCloseTo(0.9);
  });

  it('puts a fix type back whose cycles fail, by risk and by learned effort', () => {
    const mixed = [ranked('first', 1, first), ranked('second', 2, second, 'prompt_patch')];
    const failed = rerank(input({ ranked: mixed, outcomes: new Map([['training_examples', { succeeded: 0, failed: 6 }]]) }));
    expect(failed.find(({ opportunityId }) => opportunityId === 'first')?.regressionRisk).toBeGreaterThan(0.6);
    const slow = rerank(input({ ranked: mixed, efforts: new Map([['training_examples', Array.from({ length: 9 }, () => ({ days: 20, size: 10 }))]]) }));
    expect(slow.find(({ opportunityId }) => opportunityId === 'first')?.estimatedEffort).toBeGreaterThan(5);
    expect(slow.find(({ opportunityId }) => opportunityId === 'second')?.rank).toBe(1);
  });

  it('leaves the score of an opportunity alone of which no failure counts any more', () => {
    expect(rerank(input({ members: new Map([['first', first]]) }))).toEqual([]);
  });
});
