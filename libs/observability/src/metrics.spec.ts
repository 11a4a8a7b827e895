import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

describe('Metrics', () => {
  it('gives the same counter for the same name, so that modules need not share it', async () => {
    const metrics = new Metrics();
    metrics.counter({ name: 'ratchet_test_events_total', help: 'events', labelNames: ['kind'] }).inc({ kind: 'a' });
    metrics.counter({ name: 'ratchet_test_events_total', help: 'events', labelNames: ['kind'] }).inc({ kind: 'a' }, 2);
    expect(await metrics.registry.metrics()).toContain('ratchet_test_events_total{kind="a"} 3');
  });

  it('keeps a bounded number of series, however many names come, and tells the rest together', async () => {
    const metrics = new Metrics();
    const labelNames = ['model', 'version'] as const;
    const seen = metrics.counter({ name: 'ratchet_test_seen_total', help: 'seen', labelNames });
    const now = metrics.gauge({ name: 'ratchet_test_now', help: 'now', labelNames });
    const took = metrics.histogram({ name: 'ratchet_test_seconds', help: 'time', labelNames, buckets: [1, 2] });
    for (let n = 0; n < 10_000; n += 1) {
      const labels = { model: `model ${n % 100}`, version: `${'v'.repeat(1_000)}${n}` };
      seen.inc(labels);
      seen.inc({ model: `model ${n}`, version: 'v1' });
      now.set(labels, n);
      took.observe({ model: `model ${n}`, version: 'v1' }, 1.5);
    }
    const text = await metrics.registry.metrics();
    const seriesOf = (name: string): string[] => text.split('\n').filter((line) => line.startsWith(`${name}{`));
    expect(seriesOf('ratchet_test_seen_total')).toHaveLength(1_001);
    expect(seriesOf('ratchet_test_now').length).toBeLessThanOrEqual(1_001);
    expect(seriesOf('ratchet_test_seconds_count')).toHaveLength(101);
    expect(text).toContain('ratchet_test_seconds_count{model="other",version="other"} 9900');
    expect(text.length).toBeLessThan(1_000_000);
    const total = seriesOf('ratchet_test_seen_total').reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(total).toBe(20_000);
  });

  it('has room again for what was removed', async () => {
    const metrics = new Metrics();
    const now = metrics.gauge({ name: 'ratchet_test_now', help: 'now', labelNames: ['partition'], seriesMax: 1 });
    now.set({ partition: '0' }, 1);
    now.remove({ partition: '0' });
    now.set({ partition: '1' }, 2);
    now.set({ partition: '2' }, 3);
    const text = await metrics.registry.metrics();
    expect(text).toContain('ratchet_test_now{partition="1"} 2');
    expect(text).toContain('ratchet_test_now{partition="other"} 3');
    now.reset();
    now.set({ partition: '3' }, 4);
    expect((await metrics.registry.metrics()).match(/ratchet_test_now\{.*/g)).toEqual(['ratchet_test_now{partition="3"} 4']);
  });
});
