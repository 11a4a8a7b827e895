import { topics } from '@ratchet/contracts';
import type { EventEnvelope, TopicSpec } from '@ratchet/contracts';
import {
  alertRaised, candidateJudged, candidateRegistered, commandIssued, datasetVersioned, interactionCompleted, interactionFailed, opportunityClosed, opportunityRanked, qualityEvaluated, routingChanged,
  versionPublished, versionRolledBack, vitalsCounted,
} from '@ratchet/domain';
import type { EventData, EventDefinition, EvidenceRecord } from '@ratchet/domain';
import { uniqueName } from '@ratchet/testing';

/** Good events of one topic, and the services that must each have handled one of them. */
export interface TopicSamples {
  readonly topic: TopicSpec;
  /** One event for each group of services, which together are the topic's consumers with dead letters. */
  readonly samples: readonly { readonly services: readonly string[]; readonly make: () => EventEnvelope }[];
}

const MODEL = 'poisoned';
const WORKLOAD = 'default';
const target = { model: MODEL, workload: WORKLOAD };
const now = (): string => new Date().toISOString();
const event = <D extends EventDefinition>(definition: D, data: EventData<D>, id = uniqueName('good')): EventEnvelope => ({ id, source: '/poison', type: definition.type, time: now(), data });

const subject = () => ({ interactionId: uniqueName('i'), conversationId: 'poisoned-conversation', ...target, version: 'v1' });
const emptyHistogram = { buckets: [], counts: [], sum: 0, count: 0 };
const arm = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const evidence: EvidenceRecord = { candidate: arm, control: arm, tests: [], formulaVersion: 'none' };
const cycle = () => ({ cycleId: uniqueName('cycle'), ...target });

const interaction = () =>
  event(interactionCompleted, { ...subject(), input: [{ role: 'user', content: 'Is anybody there?' }], output: { content: 'Good morning.' }, startedAt: now(), latencyMs: 5 });

const failure = () =>
  event(interactionFailed, { ...subject(), query: 'Is anybody there?', response: 'No.', probability: 0.9, severity: 0.5, signals: [{ name: 'escalation', strength: 1, evidence: {} }], startedAt: now(), closedAt: now() });

const vitals = () =>
  event(vitalsCounted, {
    vitalsId: uniqueName('vitals'), ...target, version: 'v1', arm: 'rest', requests: 1, errors: 0, fellBack: 0, overridden: 0, outcomes: 0, failures: 0, unsafe: 0, failuresBySignal: {},
    units: { count: 0, failed: 0, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 }, latencyMs: emptyHistogram, inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram, from: now(), to: now(),
  });

const opportunity = () =>
  event(opportunityRanked, {
    opportunityId: uniqueName('opportunity'), clusterId: uniqueName('cluster'), ...target, version: 'v1', size: 1, affectedUsers: 1, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.1, priority: 1, rank: 1,
    rootCause: 'intent_misunderstood', rootCauseConfidence: 0.5, rootCauseReason: 'a test', fixType: 'training_examples', suggestedFix: 'none', strategy: 'corrections', commonPatterns: [], representatives: [],
    interactionIds: [], analysisId: uniqueName('analysis'), failuresAnalyzed: 1, rankedAt: now(),
  });

const closed = () => event(opportunityClosed, { opportunityId: uniqueName('opportunity'), ...target, reason: 'faded', closedAt: now() });

const dataset = () =>
  event(datasetVersioned, {
    datasetId: uniqueName('dataset'), ...target, purpose: 'training', trainCount: 0, testCount: 0, contentHash: 'none', opportunityIds: [], failuresAnalyzed: 0, rejected: [], highPriority: false, versionedAt: now(),
  });

const candidate = () =>
  event(candidateRegistered, { ...cycle(), trainingRunId: uniqueName('run'), baseVersion: 'v1', version: uniqueName('v'), datasetIds: [], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: now() });

const verdict = () => event(candidateJudged, { ...cycle(), version: 'v2', baseVersion: 'v1', outcome: 'failed', gates: [], message: 'a test', judgedAt: now() });

const rolledBack = () =>
  event(versionRolledBack, { rolloutId: uniqueName('rollout'), ...cycle(), version: 'v2', previousVersion: 'v1', actor: 'a test', reason: 'a test', stage: 1, metric: 'success', evidence, rolledBackAt: now() });

const command = () => event(commandIssued, { name: 'rollout.pause', commandId: uniqueName('command'), actor: 'a test', reason: 'a test', ...target, issuedAt: now() });

let revision = 0;
const routing = () =>
  event(routingChanged, { ...target, revision: (revision += 1), champion: 'v1', share: 0, stage: 0, salt: '', stickTo: 'conversation', changedAt: now() });

const version = () =>
  event(versionPublished, { versionId: uniqueName('v'), ...target, ordinal: 1, bundle: { provider: { name: 'embedded', model: 'none' } }, contentHash: 'none', publishedAt: now() });

const alert = () => event(alertRaised, { alertId: uniqueName('alert'), workload: WORKLOAD, name: 'a-test', severity: 'info', message: 'a test', raisedAt: now() });

const quality = () => event(qualityEvaluated, { evaluationId: uniqueName('evaluation'), ...subject(), scores: [], evaluatedAt: now() });

/** Every topic that a service with dead letters reads. */
export const samplesByTopic: readonly TopicSamples[] = [
  { topic: topics.interactions, samples: [{ services: ['signal-detector', 'evaluator', 'data-generator'], make: interaction }] },
  { topic: topics.signals, samples: [{ services: ['analyzer', 'data-generator'], make: failure }, { services: ['rollout-controller'], make: quality }] },
  { topic: topics.vitals, samples: [{ services: ['trainer-dispatcher', 'rollout-controller', 'evaluator', 'console'], make: vitals }] },
  { topic: topics.opportunities, samples: [{ services: ['data-generator', 'console'], make: opportunity }, { services: ['trainer-dispatcher'], make: closed }] },
  { topic: topics.datasets, samples: [{ services: ['trainer-dispatcher', 'evaluator', 'analyzer'], make: dataset }] },
  { topic: topics.candidates, samples: [{ services: ['trainer-dispatcher', 'evaluator', 'rollout-controller', 'analyzer', 'data-generator', 'console'], make: candidate }] },
  { topic: topics.verdicts, samples: [{ services: ['trainer-dispatcher', 'rollout-controller', 'analyzer', 'data-generator', 'console'], make: verdict }] },
  { topic: topics.promotions, samples: [{ services: ['trainer-dispatcher', 'evaluator', 'analyzer', 'data-generator', 'console'], make: rolledBack }] },
  { topic: topics.commands, samples: [{ services: ['trainer-dispatcher', 'rollout-controller', 'analyzer', 'data-generator', 'evaluator', 'console'], make: command }] },
  { topic: topics.routing, samples: [{ services: ['trainer-dispatcher', 'console', 'gateway'], make: routing }] },
  { topic: topics.versions, samples: [{ services: ['trainer-dispatcher', 'evaluator', 'data-generator', 'console'], make: version }] },
  { topic: topics.alerts, samples: [{ services: ['console'], make: alert }] },
];
