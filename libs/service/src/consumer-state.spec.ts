import { describe, expect, it } from '@jest/globals';
import { Metrics } from '@ratchet/observability';
import { ConsumerState } from './consumer-state.js';

const lagsOf = async (metrics: Metrics): Promise<string[]> => (await metrics.registry.metrics()).match(/ratchet_consumer_lag_records\{.*/g) ?? [];

describe('ConsumerState', () => {
  it('is a member from its first assignment, with partitions or without', () => {
    const consumer = new ConsumerState(new Metrics());
    expect(consumer.details()).toEqual({ isMember: false, partitions: 0, lagRecords: 0, waitingPartitions: 0 });
    consumer.noteAssigned([]);
    expect(consumer.isMember).toBe(true);
    consumer.noteAssigned(undefined);
    expect(consumer.isMember).toBe(false);
  });

  it('tells the lag of its own partitions alone', async () => {
    const metrics = new Metrics();
    const consumer = new ConsumerState(metrics);
    const [first, second] = [{ topic: 't', partition: 0 }, { topic: 't', partition: 1 }];
    consumer.noteAssigned([first, second]);
    consumer.noteLag(first, 5n);
    consumer.noteLag(second, 7n);
    consumer.noteWaiting(1);
    expect(consumer.details()).toEqual({ isMember: true, partitions: 2, lagRecords: 12, waitingPartitions: 1 });
    consumer.noteAssigned([second]);
    expect(await lagsOf(metrics)).toEqual(['ratchet_consumer_lag_records{topic="t",partition="1"} 7']);
    expect(consumer.details()).toMatchObject({ partitions: 1, lagRecords: 7 });
    consumer.noteAssigned(undefined);
    expect(await lagsOf(metrics)).toEqual([]);
  });
});
