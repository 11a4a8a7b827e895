import { describe, expect, it } from '@jest/globals';
import { histogramOf, type VitalsCounted, vitalsCounted } from '@ratchet/domain';
import { mergeVitals } from './merge-vitals.js';

const vitals = (parts: Partial<VitalsCounted>): VitalsCounted =>
  vitalsCounted.schema.parse({
    vitalsId: 'v', model: 'm', workload: 'w', version: 'v1', arm: 'candidate', rolloutId: 'r', stage: 1, requests: 3, errors: 1, fellBack: 0, overridden: 0, outcomes: 3, failures: 2, unsafe: 0, failuresBySignal: {},
    units: { count: 2, failed: 1, sumY: 0, sumN: 0, sumYY: 0, sumYN: 0, sumNN: 0 }, latencyMs: histogramOf([10, 20]), inputTokens: 0, outputTokens: 0, costUsd: histogramOf([0.1]),
    from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:01Z', ...parts,
  });

describe('vitals of a batch', () => {
  it('are added up where they are of the same arm and time', () => {
    const [sum, ...others] = mergeVitals([vitals({}), vitals({ to: '2026-01-01T00:00:04Z', failures: 1 }), vitals({ errors: 0 })]);
    expect(others).toEqual([]);
    expect(sum).toMatchObject({ requests: 9, errors: 2, outcomes: 9, failures: 5, units: { count: 6, failed: 3 }, latencyMs: { count: 6, sum: 90 }, costUsd: { count: 3 } });
  });

  it('stay apart by version, arm, stage, rollout, target and time', () => {
    const others: Partial<VitalsCounted>[] = [{}, { version: 'v2' }, { arm: 'control' }, { stage: 2 }, { rolloutId: 's' }, { model: 'n' }, { workload: 'x' }, { to: '2026-01-01T00:00:05Z' }];
    expect(mergeVitals(others.map(vitals))).toHaveLength(others.length);
  });

  it('of no rollout have stage 0', () => {
    expect(mergeVitals([vitals({ rolloutId: undefined, stage: undefined })])[0]).toMatchObject({ rolloutId: undefined, stage: 0 });
  });
});
