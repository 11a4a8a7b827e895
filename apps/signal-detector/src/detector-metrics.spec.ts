// Goal: whatever products name, the detector keeps a bounded number of series. Method: the task of a partition, observed as in the service.
import { describe, expect, it } from '@jest/globals';
import { partitionOfKey } from '@ratchet/kafka';
import type { ConsumedRecord } from '@ratchet/kafka';
import { Metrics } from '@ratchet/observability';
import { signalsConfigSchema } from '@ratchet/signals';
import { ConversationTask } from './conversation-task.js';
import { DetectorMetrics } from './detector-metrics.js';

const TOPIC = 'ratchet.interactions.v1';
const NAMES = 10_000;
const startMs = Date.parse('2026-01-01T00:00:00Z');
const detection = signalsConfigSchema.parse({ idleEndMs: 60_000 });

/** Each of another conversation, user and version. */
const turn = (offset: number): ConsumedRecord => {
  const at = new Date(startMs + offset * 1_000).toISOString();
  const data = {
    interactionId: `i${offset}`, conversationId: `conversation-${offset}`, user: { id: `user-${offset}` }, model: 'm', workload: 'w', version: `version-${offset}`,
    input: [{ role: 'user', content: 'Let me talk to a human' }], output: { content: 'Of course.' }, startedAt: at, latencyMs: 5,
  };
  return {
    topic: TOPIC, partition: partitionOfKey(data.conversationId, 6), offset: BigInt(offset), timestampMs: Date.parse(at), key: Buffer.from(data.conversationId), value: Buffer.from(JSON.stringify(data)),
    headers: { ce_specversion: '1.0', ce_id: `e${offset}`, ce_source: '/test', ce_type: 'ratchet.interaction.completed', ce_time: at },
  };
};

describe('DetectorMetrics', () => {
  it('keeps bounded series for any number of conversations, users and versions, and counts all of them', async () => {
    const metrics = new Metrics();
    const detector = new DetectorMetrics(metrics, TOPIC);
    const observer = detector.observer(() => undefined);
    const task = new ConversationTask({ partition: 0, partitions: 6, detection, position: 0n, resume: undefined, observer });
    detector.watch(0, task);
    for (let offset = 0; offset < NAMES; offset += 1) task.process(turn(offset));
    task.endBatch({ first: 0n, last: BigInt(NAMES - 1) });
    detector.committed({ partition: 0, records: NAMES, lag: 0n, durationMs: 10, replayRecords: 0n });
    const text = await metrics.registry.metrics();
    const outcomes = text.match(/^ratchet_outcomes_total\{.*/gm) ?? [];
    expect(outcomes.length).toBeGreaterThan(900);
    expect(outcomes.length).toBeLessThanOrEqual(1_100);
    // All but those whose conversations are still open.
    const counted = outcomes.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(counted).toBeGreaterThan(NAMES - 200);
    expect(text).toMatch(/version="other",outcome="(failed|ok)"\} [1-9]/);
    expect(text).not.toMatch(/conversation-|user-|"i\d/);
    expect(text.split('\n').length).toBeLessThan(1_500);
  });
});
