import { describe, expect, it } from '@jest/globals';
import { loadConfig, policyFor } from './config.js';

const env = { KAFKA_BROKERS: 'a:1', DATABASE_URL: 'postgres://x' };

describe('loadConfig', () => {
  it('gives every workload the policy, and one its own differences from it', () => {
    const config = loadConfig({ ...env, ROLLOUT_POLICY: '{"margin":0.1,"bakeMs":1000}', ROLLOUT_WORKLOADS: '{"support":{"margin":0.02}}' });
    expect(policyFor(config, 'sales')).toMatchObject({ margin: 0.1, bakeMs: 1000, alpha: 0.05 });
    expect(policyFor(config, 'support')).toMatchObject({ margin: 0.02, bakeMs: 1000 });
    expect(config.TICK_MS).toBe(500);
  });

  it.each([
    [{ ROLLOUT_POLICY: 'secret{' }, /ROLLOUT_POLICY: is not JSON; write/],
    [{ ROLLOUT_POLICY: '[]' }, /ROLLOUT_POLICY: .*expected record/],
    [{ ROLLOUT_POLICY: '{"minSamples":[1]}' }, /ROLLOUT_POLICY: minSamples must have one number/],
    [{ ROLLOUT_WORKLOADS: '{"support":{"shares":[0.5]}}' }, /ROLLOUT_WORKLOADS: .*shares/],
  ])('refuses %j by name and rule', (bad, message) => {
    expect(() => loadConfig({ ...env, ...bad })).toThrow(message);
    expect(() => loadConfig({ ...env, ...bad })).not.toThrow(/secret/);
  });
});
