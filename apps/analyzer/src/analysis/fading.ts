import type { FormerOpportunity } from './identity.js';

/** More than half of what is left of an opportunity lies in another one: it has merged into that. */
const MERGED_SHARE = 0.5;

export interface Fading {
  readonly opportunityId: string;
  readonly reason: 'faded' | 'merged';
}

/**
 * What becomes of the former opportunities that an analysis did not find again: they are given some analyses to come back, since clusters
 * shift while failures come in, and are closed after that.
 */
export const decideFading = ({ former, found, fadeAfter }: {
  readonly former: readonly (FormerOpportunity & { readonly missedAnalyses: number })[];
  readonly found: readonly { readonly opportunityId: string; readonly memberIds: readonly string[] }[];
  readonly fadeAfter: number;
}): { readonly missed: string[]; readonly closed: Fading[] } => {
  const foundIds = new Set(found.map(({ opportunityId }) => opportunityId));
  const missing = former.filter(({ opportunityId }) => !foundIds.has(opportunityId));
  const closed = missing
    .filter(({ missedAnalyses }) => missedAnalyses + 1 >= fadeAfter)
    .map(({ opportunityId, memberIds }): Fading => {
      const largestShare = Math.max(0, ...found.map((other) => other.memberIds.filter((id) => memberIds.has(id)).length / Math.max(1, memberIds.size)));
      return { opportunityId, reason: largestShare > MERGED_SHARE ? 'merged' : 'faded' };
    });
  const closedIds = new Set(closed.map(({ opportunityId }) => opportunityId));
  return { missed: missing.map(({ opportunityId }) => opportunityId).filter((id) => !closedIds.has(id)), closed };
};
