import { describe, expect, it } from '@jest/globals';
import { cycleRecordSchema } from '@ratchet/domain';
import { cycleRecordOf, decisionOf } from './cycle-record.js';
import type { CycleFacts } from './cycle-record.js';

const target = { model: 'assistant', workload: 'default' };
const cycle = { cycleId: 'c1', ...target, trainingRunId: 'r1', baseVersion: 'v1' };
const started: CycleFacts['started'] = {
  ...cycle,
  trigger: 'data_threshold',
  triggerReason: '120 new examples',
  datasetIds: ['d1'],
  opportunityIds: ['o1'],
  failuresAnalyzed: 900,
  exampleCount: 120,
  trainingConfig: { recipe: 'gentle', seed: 7 },
  startedAt: '2026-01-01T00:00:00Z',
};
const judged: NonNullable<CycleFacts['judged']> = {
  cycleId: 'c1',
  ...target,
  version: 'v2',
  baseVersion: 'v1',
  outcome: 'failed',
  message: 'no_regression failed',
  gates: [{ name: 'no_regression', required: true, verdict: 'failed', value: 0.6, halfWidth: 0.01, n: 900, threshold: 0.98, message: 'worse in account' }],
  judgedAt: '2026-01-01T01:00:00Z',
};
const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const evidence = { candidate: counts, control: counts, tests: [], formulaVersion: 'rollout-1' };
const transition = { rolloutId: 'ro1', cycleId: 'c1', ...target, version: 'v2', previousVersion: 'v1', actor: 'rollout-controller', reason: 'harm is proven', evidence };
const advanced = { ...transition, sequence: 2, from: 'AWAITING_APPROVAL', to: 'DRAFT', stage: 0, share: 0, advancedAt: '2026-01-01T05:00:00Z' };

describe('the record of a cycle', () => {
  it('has all the fields that an auditor asks for, from the facts of the topics', () => {
    const record = cycleRecordOf({ started, judged }, '2026-01-01T01:00:00Z');
    expect(cycleRecordSchema.safeParse(record).success).toBe(true);
    expect(record).toMatchObject({ cycle_id: 'c1', trigger: 'data_threshold: 120 new examples', failures_analyzed: 900, data_generated: 120, training_config: { recipe: 'gentle', seed: 7 } });
    expect(record.evaluation_results).toEqual(judged.gates);
  });

  it('names who approved, and why', () => {
    const approval = { name: 'candidate.approve' as const, commandId: 'x', actor: 'ana', reason: 'looked at it', ...target, version: 'v2', issuedAt: '2026-01-01T02:00:00Z' };
    expect(cycleRecordOf({ started, judged, commands: [approval] }, '2026-01-01T03:00:00Z').human_approvals).toEqual([
      { command: 'candidate.approve', actor: 'ana', reason: 'looked at it', at: '2026-01-01T02:00:00Z' },
    ]);
  });

  it('tells a roll-back with its stage and metric', () => {
    const rolledBack = { ...transition, stage: 2, metric: 'harm', rolledBackAt: '2026-01-01T04:00:00Z' };
    const record = cycleRecordOf({ started, judged, rolledBack }, '2026-01-01T04:00:00Z');
    expect(record.rollback_events).toEqual([{ at: '2026-01-01T04:00:00Z', stage: 2, metric: 'harm', reason: 'harm is proven', actor: 'rollout-controller' }]);
    expect(record.deployment_decision).toBe('rolled back at stage 2: harm is proven');
  });

  it.each([
    ['a verdict against it', { judged }, 'not deployed, gates failed: no_regression failed'],
    ['a training that failed', { trainingFailed: { ...cycle, reason: 'no space', failedAt: '2026-01-01T00:10:00Z' } }, 'not deployed, training failed: no space'],
    ['a promotion', { promoted: { ...transition, reason: 'all stages passed', opportunityIds: [], datasetIds: [], promotedAt: '2026-01-02T00:00:00Z' } }, 'promoted v2: all stages passed'],
    ['a person who turned it down', { judged, dropped: { ...advanced, to: 'CANCELLED', actor: 'human:ana', reason: 'rejected: too risky' } }, 'not deployed, rejected (human:ana): rejected: too risky'],
    ['nobody, in time', { judged, dropped: { ...advanced, to: 'CANCELLED', actor: 'policy', reason: 'nobody decided' } }, 'not deployed, insufficient (policy): nobody decided'],
    ['another champion', { judged, dropped: { ...advanced, to: 'SUPERSEDED', actor: 'policy', reason: 'v3 serves' } }, 'not deployed, superseded (policy): v3 serves'],
    ['nothing yet', {}, 'not deployed'],
  ])('decides by %s', (_what, facts, decision) => {
    expect(decisionOf({ started, ...facts })).toBe(decision);
  });
});
