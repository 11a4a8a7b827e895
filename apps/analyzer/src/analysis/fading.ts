import type { ClusterChange } from '@ratchet/domain';
import type { FormerOpportunity } from './identity.js';

export interface Fading {
  readonly opportunityId: string;
  readonly reason: 'faded' | 'merged';
}

/**
 * What becomes of the former opportunities that an analysis did not find again. One that lies in another is closed at once, as merged; the
 * others are given some analyses to come back, since clusters shift while failures come in, and are closed after that.
 */
export const decideFading = ({ former, found, fadeAfter }: {
  readonly former: readonly (FormerOpportunity & { readonly missedAnalyses: number })[];
  readonly found: readonly { readonly opportunityId: string; readonly change?: Pick<ClusterChange, 'kind' | 'from'> | undefined }[];
  readonly fadeAfter: number;
}): { readonly missed: string[]; readonly closed: Fading[] } => {
  const foundIds = new Set(found.map(({ opportunityId }) => opportunityId));
  const absorbed = new Set(found.flatMap(({ change }) => (change?.kind === 'merged' ? change.from : [])));
  const missed: string[] = [];
  const closed: Fading[] = [];
  for (const { opportunityId, missedAnalyses, isClosed } of former) {
    if (foundIds.has(opportunityId) || isClosed === true) continue;
    if (absorbed.has(opportunityId)) closed.push({ opportunityId, reason: 'merged' });
    else if (missedAnalyses + 1 >= fadeAfter) closed.push({ opportunityId, reason: 'faded' });
    else missed.push(opportunityId);
  }
  return { missed, closed };
};
