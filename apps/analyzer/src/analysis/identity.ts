import { cosine } from '@ratchet/embedded-model';

export const MIN_CENTROID_COSINE = 0.7;
export const MIN_MEMBER_OVERLAP = 0.3;

export interface FormerOpportunity {
  readonly opportunityId: string;
  readonly centroid: readonly number[];
  /** Names the embedding: centroids of different embeddings cannot be compared. */
  readonly embedding: string;
  /** Its failures that are still in the analysis. */
  readonly memberIds: ReadonlySet<string>;
}

export interface FoundCluster {
  readonly clusterId: string;
  readonly centroid: readonly number[];
  readonly memberIds: readonly string[];
}

const similarityOf = (cluster: FoundCluster, embedding: string, former: FormerOpportunity): { closeness: number; overlap: number } => {
  const comparable = former.embedding === embedding && former.centroid.length === cluster.centroid.length;
  const kept = cluster.memberIds.filter((id) => former.memberIds.has(id)).length;
  return { closeness: comparable ? cosine(former.centroid, cluster.centroid) : 0, overlap: former.memberIds.size === 0 ? 0 : kept / former.memberIds.size };
};

/**
 * Which cluster goes on as which former opportunity: at least 0.7 cosine of the centroids, or at least 0.3 of the former's failures in it.
 * One to one; the pair with the highest sum of both goes first, so that a split or a merger keeps the id with the larger part.
 */
export const matchIdentities = ({ clusters, former, embedding }: {
  readonly clusters: readonly FoundCluster[];
  readonly former: readonly FormerOpportunity[];
  readonly embedding: string;
}): Map<string, string> => {
  const pairs = clusters
    .flatMap((cluster) => former.map((opportunity) => ({ clusterId: cluster.clusterId, opportunityId: opportunity.opportunityId, ...similarityOf(cluster, embedding, opportunity) })))
    .filter(({ closeness, overlap }) => closeness >= MIN_CENTROID_COSINE || overlap >= MIN_MEMBER_OVERLAP)
    .sort((a, b) => b.closeness + b.overlap - (a.closeness + a.overlap) || (a.opportunityId + a.clusterId < b.opportunityId + b.clusterId ? -1 : 1));
  const matched = new Map<string, string>();
  const taken = new Set<string>();
  for (const { clusterId, opportunityId } of pairs) {
    if (matched.has(clusterId) || taken.has(opportunityId)) continue;
    matched.set(clusterId, opportunityId);
    taken.add(opportunityId);
  }
  return matched;
};
