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

  it('still says what happened where it has no room for names', async () => {
    const metrics = new Metrics();
    const outcomes = metrics.counter({ name: 'ratchet_test_outcomes_total', help: 'outcomes', labelNames: ['version', 'outcome'], seriesMax: 1 });
    outcomes.inc({ version: 'v1', outcome: 'ok' });
    outcomes.inc({ version: 'v2', outcome: 'ok' }, 3);
    outcomes.inc({ version: 'v3', outcome: 'failed' }, 2);
    outcomes.inc({ version: 'v4', outcome: 'failed' }, 2);
    const text = await metrics.registry.metrics();
    expect(text.match(/ratchet_test_outcomes_total\{.*/g)).toEqual([
      'ratchet_test_outcomes_total{version="v1",outcome="ok"} 1',
      'ratchet_test_outcomes_total{version="other",outcome="ok"} 3',
      'ratchet_test_outcomes_total{version="other",outcome="failed"} 4',
    ]);
  });

  it('stays bounded where a label that the code was to fill gets any number of values', async () => {
    const metrics = new Metrics();
    const outcomes = metrics.counter({ name: 'ratchet_test_outcomes_total', help: 'outcomes', labelNames: ['version', 'outcome'], seriesMax: 10 });
    for (let n = 0; n < 1_000; n += 1) outcomes.inc({ version: `v${n}`, outcome: `outcome ${n}` });
    const text = await metrics.registry.metrics();
    expect(text.match(/ratchet_test_outcomes_total\{.*/g)).toHaveLength(10 + 100 + 1);
    expect(text).toContain('ratchet_test_outcomes_total{version="other",outcome="other"} 890');
  });

  it('removes a series whose name was cut', async () => {
    const metrics = new Metrics();
    const now = metrics.gauge({ name: 'ratchet_test_now', help: 'now', labelNames: ['model'], seriesMax: 1 });
    const long = 'm'.repeat(1_000);
    now.set({ model: long }, 1);
    now.remove({ model: long });
    now.set({ model: 'next' }, 2);
    expect((await metrics.registry.metrics()).match(/ratchet_test_now\{.*/g)).toEqual(['ratchet_test_now{model="next"} 2']);
  });

  it('tells what the leader tells while it leads, and nothing of it before and after', async () => {
    const metrics = new Metrics();
    metrics.setLeading(false);
    const open = metrics.gauge({ name: 'ratchet_test_open', help: 'open', labelNames: ['state'], toldBy: 'leader' });
    const waiting = metrics.gauge({ name: 'ratchet_test_waiting', help: 'waiting', toldBy: 'leader' });
    const own = metrics.gauge({ name: 'ratchet_test_own', help: 'own' });
    const tell = (): void => {
      open.set({ state: 'new' }, 3);
      waiting.set(4);
      own.set(5);
    };
    const told = async (): Promise<string[]> => (await metrics.registry.metrics()).match(/^ratchet_.*/gm) ?? [];
    tell();
    expect(await told()).toEqual(['ratchet_test_own 5']);
    metrics.setLeading(true);
    expect(await told()).toEqual(['ratchet_test_waiting 0', 'ratchet_test_own 5']);
    tell();
    expect(await told()).toEqual(['ratchet_test_open{state="new"} 3', 'ratchet_test_waiting 4', 'ratchet_test_own 5']);
    metrics.setLeading(false);
    expect(await told()).toEqual(['ratchet_test_own 5']);
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
