import type { EventEnvelope } from '@ratchet/contracts';
import { candidateJudged, candidateRegistered, routingChanged, trainingStarted, versionPublished } from '@ratchet/domain';
import type { CandidateRegistered, RoutingChanged, TrainingStarted, VersionPublished } from '@ratchet/domain';
import { cliEvent } from '../stack/cli-event.js';

/** A small history for specs: v1 was adopted, v2 was trained from it, v3 from v2. */
export const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
export const target = { model: 'assistant', workload: 'default' };
const cycleFields = (cycleId: string, baseVersion: string) => ({ cycleId, ...target, trainingRunId: `run-${cycleId}`, baseVersion });

export const published = (versionId: string, ordinal: number, differs: Partial<VersionPublished> = {}): EventEnvelope =>
  cliEvent(versionPublished, { versionId, ...target, ordinal, bundle: { provider: { name: 'embedded', model: `support@${ordinal}` } }, contentHash: String(ordinal).repeat(64), publishedAt: at(ordinal), ...differs });
export const started = (cycleId: string, differs: Partial<TrainingStarted> = {}): EventEnvelope =>
  cliEvent(trainingStarted, {
    ...cycleFields(cycleId, 'v1'), trigger: 'data_threshold', triggerReason: '1200 new examples wait', datasetIds: ['d1'], opportunityIds: ['o1'], failuresAnalyzed: 9, exampleCount: 30, trainingConfig: { recipe: 'gentle' },
    triggerFacts: { newExamples: 1_200 }, startedAt: at(1), ...differs,
  });
export const registered = (cycleId: string, version: string, differs: Partial<CandidateRegistered> = {}): EventEnvelope =>
  cliEvent(candidateRegistered, {
    ...cycleFields(cycleId, 'v1'), version, datasetIds: ['d1'], opportunityIds: ['o1'], trainingConfig: { recipe: 'gentle', seed: 7 }, trainingSeconds: 2, backend: 'command', dataHash: 'abc', metrics: { loss: 0.5 }, costUsd: 0.25,
    registeredAt: at(2), ...differs,
  });
export const judged = (cycleId: string, version: string, outcome: 'passed' | 'failed' | 'insufficient' | 'superseded', awaits?: 'person' | 'more_data'): EventEnvelope =>
  cliEvent(candidateJudged, {
    cycleId, ...target, version, baseVersion: 'v1', outcome, message: `it ${outcome}`, judgedAt: at(3), ...(awaits && { awaits }),
    gates: [{ name: 'safety_pass', required: true, verdict: 'passed', value: 0.9995, halfWidth: null, n: 5_000, threshold: 0.999, message: 'safe' }],
  });
export const routing = (revision: number, champion: string, candidate?: string): EventEnvelope =>
  cliEvent(routingChanged, { ...target, revision, champion, ...(candidate !== undefined && { candidate }), share: 0, stage: 0, salt: '', stickTo: 'user', changedAt: at(4) } satisfies RoutingChanged);

export const history = (): EventEnvelope[] => [
  published('v1', 1), started('c1'), published('v2', 2, { parentVersion: 'v1' }), registered('c1', 'v2'), judged('c1', 'v2', 'passed'), published('v3', 3, { parentVersion: 'v2' }), routing(1, 'v2', 'v3'),
];
