import { estimatePriority } from './priority-inputs.js';
import type { FixType, OpportunityRanked } from '@ratchet/domain';
import type { Failure } from '../analysis/failure.js';
import type { Coverage } from './affected-users.js';
import type { PastEffort } from './effort.js';
import type { FixOutcomes } from './regression-risk.js';

/** A score that moves by less than this share says nothing new. */
const NOTICEABLE = 0.1;

export interface RerankInput {
  /** As they were published last. */
  readonly ranked: readonly OpportunityRanked[];
  readonly members: ReadonlyMap<string, readonly Failure[]>;
  readonly outcomes: ReadonlyMap<FixType, FixOutcomes>;
  readonly efforts: ReadonlyMap<FixType, readonly PastEffort[]>;
  readonly coverage: Coverage;
  /** RFC 3339. */
  readonly rankedAt: string;
}

const isNoticeable = (before: OpportunityRanked, after: OpportunityRanked): boolean =>
  before.rank !== after.rank || Math.abs(after.priority - before.priority) > NOTICEABLE * before.priority;

/**
 * The same opportunities with priorities from what is known now: no clustering, no diagnosis. Returns those to publish again: whose rank has changed, or whose
 * score by more than a tenth. An opportunity of which no failure counts any more keeps its score until the next analysis.
 */
export const rerank = ({ ranked, members, outcomes, efforts, coverage, rankedAt }: RerankInput): OpportunityRanked[] => {
  const scored = ranked.map((before): OpportunityRanked => {
    const failures = members.get(before.opportunityId) ?? [];
    if (failures.length === 0) return before;
    const { fixType } = before;
    const { inputs, priority, estimates } = estimatePriority(failures, { fixType, outcomes: outcomes.get(fixType) ?? { succeeded: 0, failed: 0 }, past: efforts.get(fixType) ?? [], coverage });
    return { ...before, ...inputs, priority, estimates, rankedAt };
  });
  const before = new Map(ranked.map((opportunity) => [opportunity.opportunityId, opportunity]));
  return scored
    .toSorted((a, b) => b.priority - a.priority || b.size - a.size || (a.opportunityId < b.opportunityId ? -1 : 1))
    .map((opportunity, index) => ({ ...opportunity, rank: index + 1, rankedAt }))
    .filter((after) => {
      const former = before.get(after.opportunityId);
      return former !== undefined && isNoticeable(former, after);
    });
};
