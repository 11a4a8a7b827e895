import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config.js';
import { triggerPolicyOf } from './trigger-policy.js';

const DAY = 86_400_000;
const config = (env: Record<string, string> = {}) => loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: 'postgres://localhost/x', PROVIDERS: '[]', ...env });

describe('triggers as configured', () => {
  it("have the article's numbers where nothing is set", () => {
    expect(triggerPolicyOf(config(), 'default')).toMatchObject({ scheduleMs: 7 * DAY, degradationRatio: 1.1, exampleThreshold: 1_000, off: [] });
  });

  it('are a workload\'s own as far as it has any', () => {
    const own = config({ TRIGGER_EXAMPLES: '300', TRIGGER_WORKLOADS: JSON.stringify({ support: { scheduleMs: DAY, off: ['data_threshold'] } }) });
    expect(triggerPolicyOf(own, 'support')).toMatchObject({ scheduleMs: DAY, exampleThreshold: 300, off: ['data_threshold'] });
    expect(triggerPolicyOf(own, 'toString')).toMatchObject({ scheduleMs: 7 * DAY, off: [] });
  });

  it.each(['{"support": {"schedule": 5}}', '{"support": {"off": ["command"]}}', '{"support": {"scheduleMs": 0}}', 'daily'])('refuse %s', (value) => {
    expect(() => config({ TRIGGER_WORKLOADS: value })).toThrow('TRIGGER_WORKLOADS');
  });
});
