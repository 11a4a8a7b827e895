import { describe, expect, it } from '@jest/globals';
import { Metrics } from '@ratchet/observability';
import { arm, Driver, quickPolicy, SECOND_MS, START, tally } from '../rollout/rollout-driver.fixture.js';
import { RolloutMetrics } from './rollout-metrics.js';

const TARGET = 'assistant/support';

const valuesOf = async (metrics: Metrics, name: string): Promise<unknown[]> => {
  const metric = await metrics.registry.getSingleMetric(`ratchet_rollout_controller_${name}`)?.get();
  return (metric?.values ?? []).map(({ labels, value }) => [labels, value]);
};

const shown = (driver: Driver, at: number, lastCandidateDataAt: number | null = null) => {
  const metrics = new Metrics();
  const shows = new RolloutMetrics(metrics);
  shows.show(TARGET, { state: driver.state, lastCandidateDataAt }, at);
  return { metrics, shows };
};

describe('the metrics of a rollout', () => {
  it('say where it is, and for how long its candidate has been silent', async () => {
    const { metrics } = shown(new Driver().started(), START + 9 * SECOND_MS, START + 5 * SECOND_MS);
    expect(await valuesOf(metrics, 'stage_number')).toEqual([[{ target: TARGET }, 1]]);
    expect(await valuesOf(metrics, 'share_ratio')).toEqual([[{ target: TARGET }, 0.01]]);
    expect(await valuesOf(metrics, 'candidate_silence_seconds')).toEqual([[{ target: TARGET }, 4]]);
    expect(await valuesOf(metrics, 'held')).toEqual([]);
  });

  it('name the one reason for which it stands still, and none once it goes on', async () => {
    const driver = new Driver(quickPolicy()).started();
    driver.evaluated(START + 10 * SECOND_MS, [tally(1, arm(500), arm(250))]);
    const { metrics, shows } = shown(driver, START);
    expect(await valuesOf(metrics, 'held')).toEqual([[{ target: TARGET, reason: 'srm' }, 1]]);
    driver.ordered('rollout.pause', START + 11 * SECOND_MS);
    shows.show(TARGET, { state: driver.state, lastCandidateDataAt: null }, START);
    expect(await valuesOf(metrics, 'held')).toEqual([[{ target: TARGET, reason: 'paused' }, 1]]);
    shows.show(TARGET, undefined, START);
    expect(await valuesOf(metrics, 'held')).toEqual([]);
    expect(await valuesOf(metrics, 'stage_number')).toEqual([[{ target: TARGET }, 0]]);
  });

  it('measure from the evidence to the share that the automation changed, and nothing that a person did', async () => {
    const metrics = new Metrics();
    const counts = new RolloutMetrics(metrics);
    const driver = new Driver().started();
    const at = START + 10 * SECOND_MS;
    counts.noteEvidence(TARGET, at - 300);
    counts.count(driver.ordered('rollout.advance', at), { target: TARGET, event: 'commanded', at });
    counts.count(driver.evaluated(at, [tally(2, arm(300, 0.5), arm(300))]), { target: TARGET, event: 'evaluated', at });
    const sum = (await metrics.registry.getSingleMetric('ratchet_rollout_controller_decision_latency_seconds')!.get()).values.filter(({ labels }) => !('le' in labels));
    expect(sum.map(({ labels, value }) => [labels, value])).toEqual([[{ to: 'ROLLED_BACK' }, 0.3], [{ to: 'ROLLED_BACK' }, 1]]);
    expect(await valuesOf(metrics, 'evaluations_total')).toEqual([[{ target: TARGET }, 1]]);
    expect(await valuesOf(metrics, 'rollbacks_total')).toEqual([[{ metric: 'success_rate' }, 1]]);
  });
});
