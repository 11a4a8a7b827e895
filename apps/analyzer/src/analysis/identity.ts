import { cosine } from '@ratchet/embedded-model';
import type { ClusterChange, MapPosition } from '@ratchet/domain';

export const MIN_CENTROID_COSINE = 0.7;
export const MIN_MEMBER_OVERLAP = 0.3;
/** Of a former opportunity with fewer failures left in the analysis, its place in the embedding says more than where these are. */
const MEMBERS_TELLING = 5;
/** A former opportunity has merged into the cluster that holds more than this share of its failures, and has split where others hold at least that one. */
const MERGED_SHARE = 0.5;
const SPLIT_SHARE = 0.25;
/** A size changed where it did by a fifth, and by more than chance does: two standard deviations of the difference of two counts. */
const SIZE_SHARE = 0.2;
const SIZE_DEVIATIONS = 2;
/** The event's own limit. */
const FROM_MAX = 20;

export interface FormerOpportunity {
  readonly opportunityId: string;
  readonly centroid: readonly number[];
  /** Names the embedding: centroids of different embeddings cannot be compared. */
  readonly embedding: string;
  /** Its failures that are still in the analysis. */
  readonly memberIds: ReadonlySet<string>;
  /** When it was last ranked; where absent, its failures that are left. */
  readonly size?: number;
  /** On the last map that had it. */
  readonly position?: MapPosition | null;
  /** It was closed not long ago, so that it can come back. */
  readonly isClosed?: boolean;
}

export interface FoundCluster {
  readonly clusterId: string;
  readonly centroid: readonly number[];
  readonly memberIds: readonly string[];
}

export interface Identity {
  /** Absent for a cluster that nobody has seen before. */
  readonly opportunityId?: string;
  readonly change: Omit<ClusterChange, 'changedAt'>;
}

interface Pair {
  readonly cluster: FoundCluster;
  readonly former: FormerOpportunity;
  /** Failures of the former opportunity that are in the cluster, and as a share of those left of it. */
  readonly kept: number;
  readonly overlap: number;
  readonly closeness: number;
}

interface Question {
  readonly clusters: readonly FoundCluster[];
  readonly former: readonly FormerOpportunity[];
  /** Of the clusters' centroids. */
  readonly embedding: string;
}

const sizeOf = ({ size, memberIds }: FormerOpportunity): number => size ?? memberIds.size;

const pairsOf = ({ clusters, former, embedding }: Question): Pair[] => {
  const homes = new Map<string, FormerOpportunity>();
  for (const opportunity of former) for (const id of opportunity.memberIds) homes.set(id, opportunity);
  return clusters.flatMap((cluster) => {
    const kept = new Map<FormerOpportunity, number>();
    for (const id of cluster.memberIds) {
      const home = homes.get(id);
      if (home !== undefined) kept.set(home, (kept.get(home) ?? 0) + 1);
    }
    return former.map((opportunity): Pair => {
      const isComparable = opportunity.embedding === embedding && opportunity.centroid.length === cluster.centroid.length;
      const count = kept.get(opportunity) ?? 0;
      return { cluster, former: opportunity, kept: count, overlap: count / Math.max(1, opportunity.memberIds.size), closeness: isComparable ? cosine(opportunity.centroid, cluster.centroid) : 0 };
    });
  });
};

/** Where an opportunity's failures are decides, as long as there are some; a near centroid alone is for those whose failures have left. */
const isSame = ({ overlap, closeness, former }: Pair): boolean => {
  if (overlap >= MIN_MEMBER_OVERLAP) return true;
  const isTold = former.memberIds.size >= MEMBERS_TELLING;
  return closeness >= MIN_CENTROID_COSINE && (!isTold || overlap >= MIN_MEMBER_OVERLAP / 2);
};

/** One to one. Open ones go first, and of them the pair that shares most failures, so that a split or a merger keeps the id of its larger part. */
const matched = (pairs: readonly Pair[]): Map<FoundCluster, FormerOpportunity> => {
  const inOrder = pairs.filter(isSame).sort(
    (a, b) =>
      Number(a.former.isClosed ?? false) - Number(b.former.isClosed ?? false) || b.kept - a.kept || b.closeness - a.closeness ||
      (a.former.opportunityId + a.cluster.clusterId < b.former.opportunityId + b.cluster.clusterId ? -1 : 1),
  );
  const taken = new Map<FoundCluster, FormerOpportunity>();
  const given = new Set<FormerOpportunity>();
  for (const { cluster, former } of inOrder) {
    if (taken.has(cluster) || given.has(former)) continue;
    taken.set(cluster, former);
    given.add(former);
  }
  return taken;
};

/** Which cluster goes on as which opportunity that was known before, and what became of it since: the history of a weakness is one history. */
export const traceIdentities = (question: Question): Map<string, Identity> => {
  const pairs = pairsOf(question);
  const identities = matched(pairs);
  const goesOn = new Set(identities.values());
  return new Map(
    question.clusters.map((cluster) => {
      const own = identities.get(cluster);
      const mine = pairs.filter((pair) => pair.cluster === cluster);
      const change = own === undefined ? changeOfUnknown(mine, goesOn) : changeOfKnown(cluster, { own, mine, pairs, identities, goesOn });
      return [cluster.clusterId, { ...(own !== undefined && { opportunityId: own.opportunityId }), change }];
    }),
  );
};

/** A part that an opportunity lost, or something new. */
const changeOfUnknown = (mine: readonly Pair[], goesOn: ReadonlySet<FormerOpportunity>): Identity['change'] => {
  const [source] = mine.filter(({ overlap, former }) => overlap >= SPLIT_SHARE && former.memberIds.size >= MEMBERS_TELLING && goesOn.has(former)).sort((a, b) => b.kept - a.kept);
  return source === undefined ? { kind: 'new', from: [], previousSize: 0 } : { kind: 'split', from: [source.former.opportunityId], previousSize: sizeOf(source.former) };
};

const changeOfKnown = (cluster: FoundCluster, { own, mine, pairs, identities, goesOn }: {
  readonly own: FormerOpportunity;
  readonly mine: readonly Pair[];
  readonly pairs: readonly Pair[];
  readonly identities: ReadonlyMap<FoundCluster, FormerOpportunity>;
  readonly goesOn: ReadonlySet<FormerOpportunity>;
}): Identity['change'] => {
  if (own.isClosed === true) return { kind: 'came_back', from: [own.opportunityId], previousSize: sizeOf(own) };
  const absorbed = mine.filter(({ former, overlap, kept }) => former.isClosed !== true && !goesOn.has(former) && kept > 1 && overlap > MERGED_SHARE).map(({ former }) => former);
  if (absorbed.length > 0) {
    const sources = [own, ...absorbed.sort((a, b) => sizeOf(b) - sizeOf(a))];
    return { kind: 'merged', from: sources.map(({ opportunityId }) => opportunityId).slice(0, FROM_MAX), previousSize: sources.reduce((sum, source) => sum + sizeOf(source), 0) };
  }
  const lostPart = pairs.some((pair) => pair.former === own && pair.cluster !== cluster && pair.overlap >= SPLIT_SHARE && own.memberIds.size >= MEMBERS_TELLING && identities.get(pair.cluster) === undefined);
  const change = { from: [own.opportunityId], previousSize: sizeOf(own) };
  return lostPart ? { kind: 'split', ...change } : { kind: kindOfSize(sizeOf(own), cluster.memberIds.length), ...change };
};

const kindOfSize = (before: number, now: number): 'grown' | 'shrunk' | 'steady' => {
  const difference = Math.abs(now - before);
  if (difference < SIZE_SHARE * before || difference <= SIZE_DEVIATIONS * Math.sqrt(before + now)) return 'steady';
  return now > before ? 'grown' : 'shrunk';
};
