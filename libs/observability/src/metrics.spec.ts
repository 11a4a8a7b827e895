import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('gives the same counter for the same name, so that modules need not share it', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'ratchet_test_events_total', help: 'events', labelNames: ['kind'] }).inc({ kind: 'a' });
    metrics.counter({ name: 'ratchet_test_events_total', help: 'events', labelNames: ['kind'] }).inc({ kind: 'a' }, 2);
    expect(await metrics.registry.metrics()).toContain('ratchet_test_events_total{kind="a"} 3');
  });
});
