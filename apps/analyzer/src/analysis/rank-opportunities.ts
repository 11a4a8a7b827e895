import { derivedId } from '@ratchet/observability';
import { traceIdentities, type FormerOpportunity, type Identity } from './identity.js';
import { diagnose, NO_OPINION, type Opinion } from '../diagnosis/diagnosis.js';
import { givenAnswersOf } from '../diagnosis/root-cause.js';
import { estimatePriority, type PriorityContext } from '../priority/priority-inputs.js';
import { suggestFix } from '../diagnosis/suggested-fix.js';
import { positionsOf } from './positions.js';
import { boundedIds, weaknessFacts } from './weakness-facts.js';
import type { FixType, MapPosition, OpportunityRanked, Target } from '@ratchet/domain';
import type { Cluster } from './clustering.port.js';
import type { PastEffort } from '../priority/effort.js';
import type { FixOutcomes } from '../priority/regression-risk.js';
import type { Failure } from './failure.js';

/** Texts travel in events: a sample longer than this is cut. */
const SAMPLE_CHARS_MAX = 2_000;
const PATTERNS_MAX = 10;

export interface RankingInput {
  readonly target: Target;
  readonly champion: string | undefined;
  readonly failures: readonly Failure[];
  readonly clusters: readonly Cluster[];
  readonly former: readonly FormerOpportunity[];
  /** Names the embedding that the centroids are in. */
  readonly embedding: string;
  readonly outcomes: ReadonlyMap<FixType, FixOutcomes>;
  readonly efforts?: ReadonlyMap<FixType, readonly PastEffort[]>;
  readonly coverage?: PriorityContext['coverage'];
  /** What a judge and people say of root causes; rules alone without. */
  readonly opinion?: Opinion;
  readonly analysisId: string;
  readonly minClusterSize: number;
  /** RFC 3339. */
  readonly rankedAt: string;
}

/** Its event's data, without a strategy until one is chosen. */
export interface Opportunity<Data = Omit<OpportunityRanked, 'strategy' | 'strategyChoice'>> {
  readonly data: Data;
  readonly centroid: readonly number[];
  readonly memberIds: readonly string[];
}

type Unranked = Opportunity<Omit<Opportunity['data'], 'rank'>>;

const mostCommonVersion = (failures: readonly Failure[]): string => {
  const counts = new Map<string, number>();
  for (const { version } of failures) counts.set(version, (counts.get(version) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? 'unknown';
};

const sampleOf = ({ interactionId, query, response, correction }: Failure): OpportunityRanked['representatives'][number] => ({
  interactionId,
  query: query.slice(0, SAMPLE_CHARS_MAX),
  response: response.slice(0, SAMPLE_CHARS_MAX),
  ...(correction !== undefined && { correction: correction.slice(0, SAMPLE_CHARS_MAX) }),
});

const priorityContextOf = ({ outcomes, efforts, coverage }: RankingInput, fixType: FixType): PriorityContext => ({
  fixType,
  outcomes: outcomes.get(fixType) ?? { succeeded: 0, failed: 0 },
  past: efforts?.get(fixType) ?? [],
  ...(coverage && { coverage }),
});

const describe = (cluster: Cluster, { input, byId, givenAnswers, opportunityId, identity, position }: {
  readonly input: RankingInput;
  readonly byId: ReadonlyMap<string, Failure>;
  readonly givenAnswers: ReadonlySet<string>;
  readonly opportunityId: string;
  readonly identity: Identity | undefined;
  readonly position: MapPosition | undefined;
}): Unranked => {
  const pick = (ids: readonly string[]): Failure[] => ids.flatMap((id) => byId.get(id) ?? []);
  const members = pick(cluster.memberIds);
  const { fixType, ...cause } = diagnose({ failures: members, givenAnswers, clusterId: cluster.clusterId, opportunityId, known: input.opinion ?? NO_OPINION });
  const { inputs, priority, estimates } = estimatePriority(members, priorityContextOf(input, fixType));
  const commonPatterns = cluster.commonPatterns.slice(0, PATTERNS_MAX);
  return {
    centroid: cluster.centroid,
    memberIds: cluster.memberIds,
    data: {
      opportunityId,
      clusterId: cluster.clusterId,
      model: input.target.model,
      workload: input.target.workload,
      version: input.champion ?? mostCommonVersion(members),
      size: members.length,
      ...inputs,
      priority,
      estimates,
      rootCause: cause.rootCause,
      rootCauseConfidence: cause.confidence,
      rootCauseReason: cause.reason,
      fixType,
      diagnosis: cause.opinions,
      suggestedFix: cause.suggestedFix ?? suggestFix({ fixType, patterns: commonPatterns, failures: members }),
      suggestedBy: cause.suggestedFix === undefined ? 'rules' : 'judge',
      commonPatterns,
      representatives: pick(cluster.representativeIds).slice(0, 5).map(sampleOf),
      interactionIds: boundedIds(cluster.memberIds),
      analysisId: input.analysisId,
      failuresAnalyzed: input.failures.length,
      rankedAt: input.rankedAt,
      ...weaknessFacts({ cluster, members, identity, rankedAt: input.rankedAt }),
      ...(position && { position }),
    },
  };
};

/** Clusters that are large enough, each with its identity over time, root cause and priority; the most urgent first, rank 1. */
export const rankOpportunities = (input: RankingInput): Opportunity[] => {
  const { target, analysisId } = input;
  const byId = new Map(input.failures.map((failure) => [failure.interactionId, failure]));
  const givenAnswers = givenAnswersOf(input.failures);
  const clusters = input.clusters.filter(({ memberIds }) => memberIds.length >= input.minClusterSize);
  const identities = traceIdentities({ clusters, former: input.former, embedding: input.embedding });
  const positions = positionsOf({ clusters, identities, former: input.former });
  const newId = (clusterId: string): string => derivedId('opportunity', target.model, target.workload, analysisId, clusterId);
  return clusters
    .map((cluster) => {
      const identity = identities.get(cluster.clusterId);
      return describe(cluster, { input, byId, givenAnswers, opportunityId: identity?.opportunityId ?? newId(cluster.clusterId), identity, position: positions.get(cluster.clusterId) });
    })
    .sort((a, b) => b.data.priority - a.data.priority || b.data.size - a.data.size || (a.data.opportunityId < b.data.opportunityId ? -1 : 1))
    .map(({ data, ...rest }, index) => ({ ...rest, data: { ...data, rank: index + 1 } }));
};
