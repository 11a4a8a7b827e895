import {
  alertRaised, alertResolved, auditAnchored, auditDecided, auditRecorded, budgetChanged, candidateJudged, candidateRegistered, clockAdvanced, commandIssued, commandRefused, conversationEnded, datasetVersioned,
  erasureCompleted, examplesAdded, experimentConcluded, experimentUpdated, feedbackGiven, fixProposed, handoffRequested, interactionCompleted, interactionFailed, opportunityClosed,
  opportunityRanked, qualityEvaluated, reviewChanged, rolloutAdvanced, routingChanged, signalDetected, targetKey, trainingFailed, trainingStarted, versionPromoted,
  versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';
import type { EventData, EventDefinition } from '@ratchet/domain';

const DAY_MS = 86_400_000;

interface KeyedEvent {
  readonly definition: EventDefinition;
  readonly keyOf: (data: never) => string;
}

const keyed = <D extends EventDefinition>(definition: D, keyOf: (data: EventData<D>) => string): KeyedEvent => ({ definition, keyOf });

/** One row of the catalogue: all that is known of a topic, in one place. */
export interface TopicSpec {
  readonly name: string;
  readonly key: string;
  readonly events: readonly KeyedEvent[];
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** -1 keeps records for ever. */
  readonly retentionMs: number;
  /** `LogAppendTime` where consumers clamp event time to it. */
  readonly timestamps: 'CreateTime' | 'LogAppendTime';
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
}

const topic = (spec: Partial<TopicSpec> & Pick<TopicSpec, 'name' | 'key' | 'events' | 'producers' | 'consumers'>): TopicSpec => ({
  partitions: 3,
  cleanup: 'delete',
  retentionMs: 30 * DAY_MS,
  timestamps: 'CreateTime',
  ...spec,
});

export const topics = {
  interactions: topic({
    name: 'ratchet.interactions.v1',
    key: 'conversation id',
    partitions: 6,
    timestamps: 'LogAppendTime',
    events: [
      keyed(interactionCompleted, (d) => d.conversationId),
      keyed(feedbackGiven, (d) => d.conversationId),
      keyed(handoffRequested, (d) => d.conversationId),
      keyed(conversationEnded, (d) => d.conversationId),
      keyed(clockAdvanced, () => ''),
    ],
    producers: ['gateway', 'signal-detector', 'products'],
    consumers: ['signal-detector', 'evaluator', 'data-generator', 'console'],
  }),
  signals: topic({
    name: 'ratchet.signals.v1',
    key: 'conversation id',
    partitions: 6,
    events: [
      keyed(signalDetected, (d) => d.conversationId),
      keyed(interactionFailed, (d) => d.conversationId),
      keyed(qualityEvaluated, (d) => d.conversationId),
    ],
    producers: ['signal-detector', 'evaluator'],
    consumers: ['analyzer', 'data-generator', 'rollout-controller', 'console'],
  }),
  vitals: topic({
    name: 'ratchet.vitals.v1',
    key: 'target',
    events: [keyed(vitalsCounted, targetKey)],
    producers: ['signal-detector'],
    consumers: ['trainer-dispatcher', 'rollout-controller', 'evaluator', 'console'],
  }),
  opportunities: topic({
    name: 'ratchet.opportunities.v1',
    key: 'opportunity id',
    events: [keyed(opportunityRanked, (d) => d.opportunityId), keyed(opportunityClosed, (d) => d.opportunityId)],
    producers: ['analyzer'],
    consumers: ['data-generator', 'trainer-dispatcher', 'console'],
  }),
  datasets: topic({
    name: 'ratchet.datasets.v1',
    key: 'workload',
    retentionMs: 365 * DAY_MS,
    events: [keyed(examplesAdded, (d) => d.workload), keyed(datasetVersioned, (d) => d.workload), keyed(fixProposed, (d) => d.workload), keyed(reviewChanged, (d) => d.item.workload), keyed(erasureCompleted, (d) => d.workload)],
    producers: ['data-generator', 'cli'],
    consumers: ['trainer-dispatcher', 'evaluator', 'analyzer', 'console'],
  }),
  versions: topic({
    name: 'ratchet.versions.v1',
    key: 'version id',
    partitions: 1,
    cleanup: 'compact',
    retentionMs: -1,
    events: [keyed(versionPublished, (d) => d.versionId)],
    producers: ['trainer-dispatcher'],
    consumers: ['rollout-controller', 'gateway', 'trainer-dispatcher', 'evaluator', 'data-generator', 'console'],
  }),
  candidates: topic({
    name: 'ratchet.candidates.v1',
    key: 'cycle id',
    // The registry's lineage is read from here, as long as promotions are.
    retentionMs: 365 * DAY_MS,
    events: [
      keyed(trainingStarted, (d) => d.cycleId),
      keyed(trainingFailed, (d) => d.cycleId),
      keyed(candidateRegistered, (d) => d.cycleId),
    ],
    producers: ['trainer-dispatcher'],
    consumers: ['trainer-dispatcher', 'evaluator', 'rollout-controller', 'analyzer', 'data-generator', 'console'],
  }),
  verdicts: topic({
    name: 'ratchet.verdicts.v1',
    key: 'cycle id',
    retentionMs: 365 * DAY_MS,
    events: [keyed(candidateJudged, (d) => d.cycleId)],
    producers: ['evaluator'],
    consumers: ['rollout-controller', 'trainer-dispatcher', 'analyzer', 'data-generator', 'console'],
  }),
  routing: topic({
    name: 'ratchet.routing.v1',
    key: 'target',
    partitions: 1,
    cleanup: 'compact',
    retentionMs: -1,
    events: [keyed(routingChanged, targetKey)],
    producers: ['rollout-controller'],
    consumers: ['gateway', 'trainer-dispatcher', 'console'],
  }),
  promotions: topic({
    name: 'ratchet.promotions.v1',
    key: 'target',
    retentionMs: 365 * DAY_MS,
    events: [
      keyed(rolloutAdvanced, targetKey),
      keyed(versionPromoted, targetKey),
      keyed(versionRolledBack, targetKey),
      keyed(experimentUpdated, targetKey),
      keyed(experimentConcluded, targetKey),
    ],
    producers: ['rollout-controller'],
    consumers: ['trainer-dispatcher', 'evaluator', 'analyzer', 'data-generator', 'console', 'downstream teams'],
  }),
  commands: topic({
    name: 'ratchet.commands.v1',
    key: 'the thing commanded',
    events: [keyed(commandIssued, targetKey), keyed(commandRefused, targetKey)],
    producers: ['console', 'cli', 'rollout-controller'],
    consumers: ['analyzer', 'data-generator', 'trainer-dispatcher', 'evaluator', 'rollout-controller', 'console'],
  }),
  alerts: topic({
    name: 'ratchet.alerts.v1',
    key: 'workload',
    events: [keyed(alertRaised, (d) => d.workload), keyed(alertResolved, (d) => d.workload), keyed(budgetChanged, (d) => d.workload)],
    producers: ['evaluator', 'rollout-controller', 'signal-detector', 'analyzer', 'data-generator', 'trainer-dispatcher', 'console'],
    consumers: ['console'],
  }),
  audit: topic({
    name: 'ratchet.audit.v1',
    key: 'cycle id',
    retentionMs: -1,
    events: [keyed(auditRecorded, (d) => d.record.cycle_id), keyed(auditDecided, (d) => d.record.cycle_id ?? ''), keyed(auditAnchored, () => '')],
    producers: ['console'],
    consumers: ['auditors', 'cli'],
  }),
} as const satisfies Record<string, TopicSpec>;

export const topicCatalogue: readonly TopicSpec[] = Object.values(topics);

interface CatalogueEntry {
  readonly topic: TopicSpec;
  readonly definition: EventDefinition;
  readonly keyOf: (data: never) => string;
}

const byType = new Map<string, CatalogueEntry>(
  topicCatalogue.flatMap((spec) => spec.events.map((event) => [event.definition.type, { topic: spec, ...event }] as const)),
);

/** The topic, schema and key function of an event type; undefined for a type that the catalogue does not know. */
export const catalogueEntryOf = (type: string): CatalogueEntry | undefined => byType.get(type);

export const topicOf = (definition: EventDefinition): TopicSpec => {
  const entry = byType.get(definition.type);
  if (!entry) throw new Error(`${definition.type} is in no topic of the catalogue: add it to libs/contracts/src/topics.ts`);
  return entry.topic;
};

/** A service's dead letters of one topic; the same name everywhere, so that tools find them. */
export const deadLetterTopicOf = (topicName: string, service: string): string => `${topicName}.${service}.dlq`;
