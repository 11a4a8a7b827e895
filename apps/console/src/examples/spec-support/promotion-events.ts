import { toStructured, type EventEnvelope } from '@ratchet/contracts';
import { versionPromoted, versionRolledBack, type VersionPromoted, type VersionRolledBack } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';

const counts = { units: 400, failedUnits: 8, outcomes: 600, failures: 9, errors: 0, unsafe: 0, latencyP95Ms: 900 };
const common = {
  rolloutId: 'ro1', cycleId: 'c1', model: 'assistant', workload: 'default', previousVersion: 'v1-aaaaaaaa', version: 'v2-bbbbbbbb', actor: 'policy', reason: 'all stages passed',
  evidence: { candidate: counts, control: { ...counts, failedUnits: 40 }, tests: [], formulaVersion: '1' },
};
const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
const structured = (type: string, minute: number, data: object): Record<string, unknown> =>
  toStructured({ id: derivedId(type, JSON.stringify(data)), source: '/ratchet/rollout-controller', type, time: at(minute), correlationid: 'c1', data } satisfies EventEnvelope);

/** As it comes by webhook or from Kafka; `minute` says when. */
export const promotedEvent = (minute: number, parts: Partial<VersionPromoted> = {}): Record<string, unknown> =>
  structured(versionPromoted.type, minute, versionPromoted.schema.parse({ ...common, opportunityIds: ['o1', 'o2'], datasetIds: ['d1'], trainingRunId: 'r1', verdict: { outcome: 'passed', gates: [], message: 'all gates passed', judgedAt: at(0) }, promotedAt: at(minute), ...parts }));

export const rolledBackEvent = (minute: number, parts: Partial<VersionRolledBack> = {}): Record<string, unknown> =>
  structured(versionRolledBack.type, minute, versionRolledBack.schema.parse({ ...common, stage: 2, metric: 'errors', rolledBackAt: at(minute), ...parts }));
