import { traceIdentities, type FormerOpportunity, type FoundCluster } from './identity.js';

/** A dismissed opportunity comes back where it has grown by half since. */
const GROWN = 1.5;

export interface Suppressed {
  readonly opportunityId: string;
  readonly memberIds: readonly string[];
}

/**
 * Sets the clusters aside that go on as an opportunity which a person dismissed. Those that have grown by half since are kept, and their opportunity is opened again
 * under its id, as one that came back.
 */
export const setDismissedAside = <Found extends FoundCluster, Former extends FormerOpportunity, Dismissed extends FormerOpportunity & { readonly dismissedSize: number }>({ clusters, former, dismissed, embedding }: {
  readonly clusters: readonly Found[];
  readonly former: readonly Former[];
  readonly dismissed: readonly Dismissed[];
  readonly embedding: string;
}): { readonly clusters: Found[]; readonly suppressed: Suppressed[]; readonly reopened: Dismissed[] } => {
  if (dismissed.length === 0) return { clusters: [...clusters], suppressed: [], reopened: [] };
  const identities = traceIdentities({ clusters, former: [...former, ...dismissed], embedding });
  const byId = new Map(dismissed.map((opportunity) => [opportunity.opportunityId, opportunity]));
  const kept: Found[] = [];
  const suppressed: Suppressed[] = [];
  const reopened: Dismissed[] = [];
  for (const cluster of clusters) {
    const known = byId.get(identities.get(cluster.clusterId)?.opportunityId ?? '');
    const isGrown = known !== undefined && cluster.memberIds.length >= known.dismissedSize * GROWN;
    if (known && !isGrown) suppressed.push({ opportunityId: known.opportunityId, memberIds: cluster.memberIds });
    else kept.push(cluster);
    if (known && isGrown) reopened.push({ ...known, size: known.dismissedSize, isClosed: true });
  }
  return { clusters: kept, suppressed, reopened };
};
