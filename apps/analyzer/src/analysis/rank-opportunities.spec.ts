import { describe, expect, it } from '@jest/globals';
import { opportunityRanked, priorityOf } from '@ratchet/domain';
import { rankOpportunities, type RankingInput } from './rank-opportunities.js';
import type { Cluster } from './clustering.port.js';
import type { Failure } from './failure.js';

const failures = Array.from({ length: 20 }, (_, i): Failure => ({
  interactionId: `i${i}`, conversationId: `c${i}`, userId: `u${i}`, version: 'v1', query: `request ${i}`, response: "I don't know the answer to that.", severity: 0.6, signals: [], reasons: [], comments: [],
  ...(i % 2 === 0 && { correction: 'The answer.' }),
}));
const cluster = (clusterId: string, from: number, to: number): Cluster => {
  const memberIds = failures.slice(from, to).map(({ interactionId }) => interactionId);
  return { clusterId, memberIds, centroid: clusterId === 'k1' ? [1, 0] : [0, 1], representativeIds: memberIds.slice(0, 7), commonPatterns: ['request'] };
};
const input = (parts: Partial<RankingInput> = {}): RankingInput => ({
  target: { model: 'assistant', workload: 'default' }, champion: 'v1', failures, clusters: [cluster('k1', 0, 5), cluster('k2', 5, 17), cluster('k3', 17, 20)], former: [], embedding: 'e',
  outcomes: new Map(), analysisId: 'a1', minClusterSize: 5, rankedAt: '2026-01-01T00:00:00.000Z', ...parts,
});

describe('rankOpportunities', () => {
  it('ranks clusters that are large enough by priority, all of one analysis and valid as events', () => {
    const ranked = rankOpportunities(input()).map(({ data }) => opportunityRanked.schema.parse({ ...data, strategy: 's' }));
    expect(ranked.map(({ clusterId, rank }) => [clusterId, rank])).toEqual([['k2', 1], ['k1', 2]]);
    expect(new Set(ranked.map(({ analysisId }) => analysisId))).toEqual(new Set(['a1']));
    expect(ranked[0]?.failuresAnalyzed).toBe(20);
    expect(ranked.every(({ representatives }) => representatives.length === 5)).toBe(true);
  });

  it('computes the priority with the published formula from the inputs that it publishes', () => {
    for (const { data } of rankOpportunities(input())) expect(data.priority).toBeCloseTo(priorityOf(data));
  });

  it('gives the same ids to the same analysis, other ids to the next, and keeps the id of an opportunity that goes on', () => {
    const [first] = rankOpportunities(input());
    expect(rankOpportunities(input())[0]?.data.opportunityId).toBe(first?.data.opportunityId);
    expect(rankOpportunities(input({ analysisId: 'a2' }))[0]?.data.opportunityId).not.toBe(first?.data.opportunityId);
    const former = [{ opportunityId: 'kept', centroid: [0, 1], embedding: 'e', memberIds: new Set(['i5']) }];
    expect(rankOpportunities(input({ analysisId: 'a2', former }))[0]?.data.opportunityId).toBe('kept');
  });

  it('places clusters on a map that goes on where the one before had them', () => {
    const places = (parts: Partial<RankingInput> = {}) => new Map(rankOpportunities(input(parts)).map(({ data }) => [data.clusterId, data.position]));
    const first = places();
    expect(Math.hypot((first.get('k1')?.x ?? 0) - (first.get('k2')?.x ?? 0), (first.get('k1')?.y ?? 0) - (first.get('k2')?.y ?? 0))).toBeCloseTo(1, 1);
    const former = [
      { opportunityId: 'one', centroid: [1, 0], embedding: 'e', memberIds: new Set(['i0']), position: { x: 0, y: 0.5 } },
      { opportunityId: 'other', centroid: [0, 1], embedding: 'e', memberIds: new Set(['i6']), position: { x: 0, y: -0.5 } },
    ];
    const next = places({ former });
    expect(next.get('k1')?.y).toBeCloseTo(0.5, 1);
    expect(next.get('k2')?.y).toBeCloseTo(-0.5, 1);
    expect(places({ former: former.map((one) => ({ ...one, position: null })) })).toEqual(first);
  });

  it('puts off fixes of a type that has failed before', () => {
    const [calm] = rankOpportunities(input());
    const [warned] = rankOpportunities(input({ outcomes: new Map([['training_examples', { succeeded: 0, failed: 4 }]]) }));
    expect(warned?.data.regressionRisk).toBeGreaterThan(calm?.data.regressionRisk ?? 1);
    expect(warned?.data.priority).toBeLessThan(calm?.data.priority ?? 0);
  });

  it('names the commonest version where no champion is known', () => {
    expect(rankOpportunities(input({ champion: undefined }))[0]?.data.version).toBe('v1');
  });
});
