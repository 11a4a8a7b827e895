import { describe, expect, it } from '@jest/globals';
import { decodePosition, encodePosition, partitionOfKey } from '@ratchet/kafka';
import type { ConsumedRecord, ResumePoint } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { failureWeights, signalsConfigSchema } from '@ratchet/signals';
import type { FailureWeights } from '@ratchet/signals';
import { ConversationTask } from './conversation-task.js';
import { PrefetchedEmbedding } from './embeddings/prefetched-embedding.js';

const TOPIC = 'ratchet.interactions.v1';
const startMs = Date.parse('2026-01-01T00:00:00Z');
const detection = signalsConfigSchema.parse({ idleEndMs: 60_000 });
const PARTITIONS = 6;
const PARTITION = partitionOfKey('a', PARTITIONS);

/** Every other one recorded. */
const traceparentOf = (offset: number): string => `00-${String(offset + 1).padStart(32, '0')}-${String(offset + 1).padStart(16, '0')}-0${offset % 2}`;
const recordAt = (offset: number, type: string, data: object, { timeMs = startMs + offset * 1_000, appendedMs = timeMs }: { timeMs?: number; appendedMs?: number } = {}): ConsumedRecord => ({
  topic: TOPIC, partition: PARTITION, offset: BigInt(offset), timestampMs: appendedMs, key: Buffer.from((data as { conversationId?: string }).conversationId ?? ''), value: Buffer.from(JSON.stringify(data)),
  headers: { ce_specversion: '1.0', ce_id: `e${offset}`, ce_source: '/test', ce_type: type, ce_time: new Date(timeMs).toISOString(), ce_traceparent: traceparentOf(offset) },
});
const turn = (offset: number, conversationId: string, query: string): ConsumedRecord =>
  recordAt(offset, 'ratchet.interaction.completed', {
    interactionId: `i${offset}`, conversationId, model: 'm', workload: 'w', version: 'v1', input: [{ role: 'user', content: query }], output: { content: `answer ${offset}` },
    startedAt: new Date(startMs + offset * 1_000).toISOString(), latencyMs: 5,
  });
const clock = (offset: number, timeMs: number): ConsumedRecord => recordAt(offset, 'ratchet.clock.advanced', { advancedTo: new Date(timeMs).toISOString() }, { timeMs });

const taskFrom = (position: bigint, resume?: ResumePoint): { task: ConversationTask; deadLetters: string[] } => {
  const deadLetters: string[] = [];
  const task = new ConversationTask({ partition: PARTITION, partitions: PARTITIONS, detection, position, resume, observer: { onDeadLetter: (_record, { code }) => void deadLetters.push(code) } });
  return { task, deadLetters };
};

const log = [
  turn(0, 'a', 'How do I return a lamp?'),
  turn(1, 'b', 'Where is my parcel?'),
  turn(2, 'a', 'No, that is wrong. How do I return a damaged lamp?'),
  turn(3, 'b', 'let me talk to a human'),
  turn(4, 'a', 'that is still wrong, I want to return a lamp'),
  clock(5, startMs + 200_000),
];

describe('ConversationTask', () => {
  it('judges by the weights that it is given', () => {
    const failuresBy = (weights: FailureWeights | undefined): number => {
      const task = new ConversationTask({ partition: PARTITION, partitions: PARTITIONS, detection, weights, position: 0n, resume: undefined });
      return log.flatMap((record) => task.process(record)).filter(({ headers }) => headers?.['ce_type'] === 'ratchet.interaction.failed').length;
    };
    expect(failuresBy(undefined)).toBeGreaterThan(0);
    expect(failuresBy({ ...failureWeights, threshold: 0.999 })).toBe(0);
  });

  it('gives events whose ids, times and causes come from the log alone', () => {
    const passes = [taskFrom(0n), taskFrom(0n)].map(({ task }) => log.flatMap((record) => task.process(record)));
    expect(passes[0]?.length).toBeGreaterThan(2);
    expect(passes[1]).toEqual(passes[0]);
    expect(passes[0]?.[0]).toMatchObject({ topic: 'ratchet.signals.v1', headers: { ce_source: '/ratchet/signal-detector', ce_causationid: expect.stringMatching(/^e\d$/) } });
  });

  it('gives each signal the trace of its own interaction, whichever event brought it to light, and again when it is replayed', () => {
    const traces = [taskFrom(0n), taskFrom(0n)].map(({ task }) => log.flatMap((record) => task.process(record)).map(({ value, headers }) => [(JSON.parse(String(value)) as { interactionId: string }).interactionId, headers['ce_traceparent']]));
    expect(traces[0]?.length).toBeGreaterThan(2);
    expect(traces[0]).toEqual(traces[0]?.map(([interactionId]) => [interactionId, traceparentOf(Number(String(interactionId).slice(1)))]));
    expect(traces[1]).toEqual(traces[0]);
  });

  it.each([1, 2, 3, 4, 5])('goes on as if it had never stopped when another task restores its state at offset %d', (position) => {
    const whole = taskFrom(0n).task;
    for (const record of log.slice(0, position)) whole.process(record);
    const resume = whole.resumePoint(BigInt(position));
    const { task } = taskFrom(BigInt(position), resume);
    for (const record of log.slice(Number(resume.replayFrom), position)) task.process(record);
    task.endReplay();
    whole.endReplay();
    expect(log.slice(position).flatMap((record) => task.process(record))).toEqual(log.slice(position).flatMap((record) => whole.process(record)));
    const range = { first: BigInt(position), last: 5n };
    expect(task.endBatch(range)).toEqual(whole.endBatch(range));
  });

  it('finds a request again in other words by the vectors that it fetched before, and without them only by its words', async () => {
    const asked: string[] = [];
    const embed = async (texts: readonly string[]): Promise<Float32Array[]> => texts.map((text) => (asked.push(text), Float32Array.of(1, text.length / 100)));
    const embedding = new PrefetchedEmbedding({ name: 'wire/small', textsMax: 100, embed, logger: Logger.silent(), metrics: new Metrics() });
    const records = [turn(0, 'a', 'How do I return a lamp?'), turn(1, 'a', 'Sending back what I bought'), clock(2, startMs + 200_000)];
    const namesFrom = (task: ConversationTask) => records.flatMap((record) => task.process(record)).map(({ value }) => (JSON.parse(String(value)) as { name?: string }).name);
    const task = new ConversationTask({ partition: PARTITION, partitions: PARTITIONS, detection: signalsConfigSchema.parse({ similarity: { embedding: 'wire/small', cosine: 0.8 } }), embedding, position: 0n, resume: undefined });
    await task.prepare?.(records);
    expect(asked).toEqual(['How do I return a lamp?', 'Sending back what I bought']);
    expect(namesFrom(task)).toContain('reformulation');
    expect(namesFrom(taskFrom(0n).task)).not.toContain('reformulation');
  });

  it('says in the evidence by what a request was found again, which without vectors are its words', () => {
    const embedding = new PrefetchedEmbedding({ name: 'wire/small', textsMax: 100, embed: () => Promise.reject(new Error('away')), logger: Logger.silent(), metrics: new Metrics() });
    const task = new ConversationTask({ partition: PARTITION, partitions: PARTITIONS, detection: signalsConfigSchema.parse({ similarity: { embedding: 'wire/small' } }), embedding, position: 0n, resume: undefined });
    const said = [turn(0, 'a', 'How do I return a broken lamp?'), turn(1, 'a', 'I want to return a broken lamp, how?')].flatMap((record) => task.process(record)).map(({ value }) => JSON.parse(String(value)) as { name?: string; evidence?: object });
    expect(said.find(({ name }) => name === 'reformulation')?.evidence).toMatchObject({ embedding: 'hashed-512', threshold: 0.4, overlapThreshold: 0.2 });
  });

  it('tells of feedback by a name that is not declared, but not again while it restores its state, and goes on', () => {
    const told: string[] = [];
    const feedback = (offset: number, name: string): ConsumedRecord =>
      recordAt(offset, 'ratchet.feedback.given', { feedbackId: `f${offset}`, conversationId: 'a', name, value: false, source: { type: 'user' }, givenAt: new Date(startMs).toISOString() });
    const declared = signalsConfigSchema.parse({ feedbackMetrics: { solved: { type: 'boolean', better: 'up' } } });
    const task = new ConversationTask({ partition: PARTITION, partitions: PARTITIONS, detection: declared, position: 2n, resume: undefined, observer: { onUnknownFeedback: (name) => void told.push(name) } });
    const signals = [turn(0, 'a', 'How do I return a lamp?'), feedback(1, 'restored'), feedback(2, 'unheard_of'), feedback(3, 'solved')].map((record) => task.process(record).length);
    expect(told).toEqual(['unheard_of']);
    expect(signals).toEqual([0, 0, 0, 1]);
  });

  it('puts a record aside that it cannot read, and leaves its state alone', () => {
    const { task, deadLetters } = taskFrom(0n);
    const [letter, ...others] = task.process({ ...turn(0, 'a', 'x'), value: Buffer.from('{') });
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ topic: 'ratchet.interactions.v1.signal-detector.dlq', headers: { ratchet_dlq_code: 'not_json', ratchet_dlq_offset: '0' } });
    expect(deadLetters).toEqual(['not_json']);
    expect(task.openConversations).toBe(0);
  });

  it('does not let an event from the future drag its time along', () => {
    const { task } = taskFrom(0n);
    task.process(turn(0, 'a', 'How do I return a lamp?'));
    const farAhead = recordAt(1, 'ratchet.handoff.requested', { conversationId: 'b', requestedAt: new Date(startMs).toISOString() }, { timeMs: startMs + 86_400_000, appendedMs: startMs + 1_000 });
    task.process(farAhead);
    expect(task.resumePoint(2n).streamTimeMs).toBeLessThanOrEqual(startMs + 61_000);
  });

  it('tells once an hour that keys split conversations, also when another task takes over', () => {
    const { task } = taskFrom(0n);
    const split = (offset: number, hours: number): ConsumedRecord => ({ ...turn(offset, 'a', 'Where is my parcel?'), key: Buffer.from('somebody'), timestampMs: startMs + hours * 3_600_000 });
    const alertsOf = (records: readonly { topic: string; value: string | Buffer | null }[]): unknown[] => records.filter(({ topic }) => topic === 'ratchet.alerts.v1').map(({ value }) => JSON.parse(String(value)));
    expect(alertsOf(task.process(split(0, 0)))).toMatchObject([{ name: 'misplaced_keys', severity: 'warning', workload: 'w', message: expect.stringContaining('set the conversation id as the key') }]);
    expect(alertsOf(task.process(split(16, 0.4)))).toEqual([]);
    const { task: heir } = taskFrom(17n, decodePosition(encodePosition(task.resumePoint(17n))));
    expect(alertsOf(heir.process(split(32, 0.6)))).toEqual([]);
    expect(alertsOf(heir.process(split(48, 1.1)))).toHaveLength(1);
  });

  it('finds out when the state that it restored is not the one that was committed', () => {
    const whole = taskFrom(0n).task;
    for (const record of log.slice(0, 3)) whole.process(record);
    const resume = whole.resumePoint(3n);
    const seen: unknown[] = [];
    const restore = (records: readonly ConsumedRecord[]): void => {
      const task = new ConversationTask({ partition: PARTITION, partitions: PARTITIONS, detection, position: 3n, resume, observer: { onRestoreDiffers: (counts) => void seen.push(counts) } });
      for (const record of records) task.process(record);
      task.endReplay();
    };
    restore(log.slice(0, 3));
    expect(seen).toEqual([]);
    restore(log.slice(0, 1));
    expect(seen).toEqual([{ partition: PARTITION, expected: 2, restored: 1 }]);
  });

  it('asks for the clock only while a conversation is open, and at most once a second', () => {
    const { task } = taskFrom(0n);
    expect(task.clockRecord(startMs)).toBeUndefined();
    task.process(turn(0, 'a', 'How do I return a lamp?'));
    expect(task.clockRecord(startMs + 10_000)).toMatchObject({ topic: TOPIC, key: null, headers: { ce_type: 'ratchet.clock.advanced' } });
    expect(task.clockRecord(startMs + 10_500)).toBeUndefined();
    expect(task.clockRecord(startMs + 11_000)).toBeDefined();
  });
});
