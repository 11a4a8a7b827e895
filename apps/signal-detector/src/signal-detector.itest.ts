// Goal: whatever happens to its process, the service puts out what one undisturbed pass over the log gives. Method: the built service as a
// process, killed during traffic on one partition; the log of that partition is then run through a fresh task, and both are compared.
// Topics have fixed names, so everything goes by the conversations and the model of this run.
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopicOf, topicCatalogue, topics } from '@ratchet/contracts';
import type { Interaction, VitalsCounted } from '@ratchet/domain';
import { createKafka, ensureTopics, EventProducer } from '@ratchet/kafka';
import type { ProducedRecord } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { assertExactlyOnce, assertNoDuplicates, eventually, kafkaBrokers, readAll, startTestProcess, uniqueName } from '@ratchet/testing';
import type { ReadRecord, TestProcess } from '@ratchet/testing';
import { loadConfig } from './config.js';
import { ConversationTask } from './conversation-task.js';

const INTERACTIONS = topics.interactions.name;
const DEAD_LETTERS = deadLetterTopicOf(INTERACTIONS, 'signal-detector');
const PARTITION = 4;
const run = uniqueName('run');
const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const env = {
  KAFKA_BROKERS: kafkaBrokers().join(','), HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', FETCH_WAIT_MS: '20', FETCH_BYTES_MIN: '1',
  DETECTION: JSON.stringify({ idleEndMs: 2_500, quickAbandonmentMs: 1_000, quickFollowUpMs: 300 }),
};
const detection = loadConfig(env).DETECTION;
const kafka = createKafka({ brokers: kafkaBrokers(), clientId: 'signal-detector-itest' }, Logger.silent());
const producer = new EventProducer(kafka);
let service: TestProcess | undefined;
let conversations = 0;
let interactions = 0;

const startService = async (): Promise<void> => {
  service = startTestProcess({ script, env });
  await service.said(/"partition":4[^\n]*partition assigned/, 90_000);
};

const record = (type: string, id: string, data: { conversationId: string }): ProducedRecord => ({
  topic: INTERACTIONS, partition: PARTITION, key: data.conversationId, value: JSON.stringify(data),
  headers: { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: id, ce_source: '/itest', ce_type: type, ce_time: new Date().toISOString() },
});

const QUESTIONS = ['How do I return a damaged lamp?', 'how can I return the lamp that is damaged', 'No, that is wrong. I want to return a damaged lamp', 'let me talk to a human', 'thanks, that works'];

const say = async (conversationId: string, turn: number): Promise<string> => {
  const interactionId = `${conversationId}-${turn}`;
  const data: Interaction = {
    interactionId, conversationId, model: run, workload: 'default', version: `v${conversations % 3}`, input: [{ role: 'user', content: QUESTIONS[turn % QUESTIONS.length] ?? '' }],
    output: { content: `Answer ${turn} about lamps.` }, startedAt: new Date().toISOString(), latencyMs: 10 + turn, usage: { inputTokens: 7, outputTokens: 5 },
  };
  interactions += 1;
  await producer.sendRecords([record('ratchet.interaction.completed', interactionId, data)]);
  return interactionId;
};

/** Of several kinds: short and long, with thumbs, ended by the product or left to the idle timer. */
const converse = async (): Promise<void> => {
  const n = (conversations += 1);
  const conversationId = `${run}-${n}`;
  for (let turn = 0; turn <= n % 4; turn += 1) {
    const interactionId = await say(conversationId, turn + (n % 2));
    const feedback = { feedbackId: `${interactionId}-thumb`, conversationId, interactionId, name: 'thumbs', value: n % 10 === 0, source: { type: 'user' }, givenAt: new Date().toISOString() };
    // As it is, again, and in an event of another id: one thumb.
    const ids = [feedback.feedbackId, feedback.feedbackId, `${feedback.feedbackId}-again`];
    if (n % 5 === 0) await producer.sendRecords(ids.map((id) => record('ratchet.feedback.given', id, feedback)));
  }
  if (n % 3 === 0) await producer.sendRecords([record('ratchet.conversation.ended', `${conversationId}-end`, { conversationId, ...{ endedAt: new Date().toISOString() } })]);
};

/** Conversations one after the other, and some beside each other, until `until` is settled. */
const converseUntil = async (until: Promise<unknown>): Promise<void> => {
  let done = false;
  void until.finally(() => (done = true));
  while (!done) {
    await Promise.all([converse(), converse(), converse()]);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await until;
};

interface Outcome {
  /** Signals and failures: id, time and content. */
  readonly events: string[];
  readonly vitals: Record<string, number>;
}

const eventLine = ({ id, time, value }: { id: string | undefined; time: string | undefined; value: string }): string => `${id} ${time} ${value}`;

const addVitals = (all: readonly VitalsCounted[]): Record<string, number> => {
  const sums: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    sums[name] = (sums[name] ?? 0) + value;
  };
  for (const { version, requests, outcomes, failures, inputTokens, units, latencyMs, failuresBySignal } of all) {
    for (const [name, value] of Object.entries({ requests, outcomes, failures, inputTokens, unitCount: units.count, unitFailed: units.failed, sumYN: units.sumYN, latencies: latencyMs.count })) add(`${version} ${name}`, value);
    for (const [signal, count] of Object.entries(failuresBySignal)) add(`${version} ${signal}`, count);
  }
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0).sort());
};

const ofThisRun = (value: Buffer | string | null): boolean => value !== null && String(value).includes(run);

/** One pass over the partition's log. */
const undisturbed = (log: readonly ReadRecord[]): Outcome => {
  const task = new ConversationTask({ partition: PARTITION, partitions: topics.interactions.partitions, position: 0n, detection, resume: undefined });
  const outputs = log.flatMap(({ offset, timestampMs, key, value, headers }) =>
    task.process({ topic: INTERACTIONS, partition: PARTITION, offset, timestampMs, key: key === null ? null : Buffer.from(key), value, headers: { ...headers } }),
  );
  const vitals = task.endBatch({ first: 0n, last: log.at(-1)?.offset ?? 0n }).map(({ value }) => JSON.parse(String(value)) as VitalsCounted);
  return {
    events: outputs.filter(({ topic, value }) => topic === topics.signals.name && ofThisRun(value)).map(({ headers, value }) => eventLine({ id: String(headers['ce_id']), time: String(headers['ce_time']), value: String(value) })),
    vitals: addVitals(vitals.filter(({ model }) => model === run)),
  };
};

const putOut = async (): Promise<Outcome> => {
  const signals = (await readAll(topics.signals.name)).filter(({ value }) => ofThisRun(value));
  const vitals = (await readAll(topics.vitals.name)).filter(({ value }) => ofThisRun(value));
  assertNoDuplicates(vitals.map(({ headers }) => headers['ce_id'] ?? ''));
  return {
    events: signals.map(({ headers, value }) => eventLine({ id: headers['ce_id'], time: headers['ce_time'], value: String(value) })),
    vitals: addVitals(vitals.map(({ value }) => JSON.parse(String(value)) as VitalsCounted).filter(({ model }) => model === run)),
  };
};

const partitionLog = async (): Promise<ReadRecord[]> => (await readAll(INTERACTIONS)).filter(({ partition }) => partition === PARTITION);
const sumOf = (vitals: Record<string, number>, name: string): number => Object.entries(vitals).reduce((sum, [key, value]) => sum + (key.endsWith(` ${name}`) ? value : 0), 0);

beforeAll(async () => {
  await ensureTopics(kafka, { catalogue: topicCatalogue, replicationFactor: 1, services: ['signal-detector'] });
  await startService();
});
afterAll(async () => {
  await service?.end();
  await producer.close();
});

describe('the signal-detector', () => {
  it('settles a quiet partition by events of the clock, which it puts into the log itself', async () => {
    await converse();
    const settled = await eventually(
      async () => {
        const { vitals } = await putOut();
        expect(sumOf(vitals, 'unitCount')).toBe(1);
        return vitals;
      },
      { withinMs: 60_000, everyMs: 500 },
    );
    expect(sumOf(settled, 'outcomes')).toBe(interactions);
    expect((await partitionLog()).at(-1)?.headers['ce_type']).toBe('ratchet.clock.advanced');
  });

  it('puts out what an undisturbed pass over the log gives when it is killed during traffic', async () => {
    for (let kill = 0; kill < 2; kill += 1) {
      await converseUntil(new Promise((resolve) => setTimeout(resolve, 2_500)));
      await service?.end('SIGKILL');
      // Traffic goes on while nobody reads, and while the state is restored.
      await converseUntil(startService());
    }
    await converseUntil(new Promise((resolve) => setTimeout(resolve, 1_000)));
    await eventually(async () => expect(sumOf((await putOut()).vitals, 'outcomes')).toBe(interactions), { withinMs: 90_000, everyMs: 1_000 });
    await service?.end('SIGTERM');
    const expected = undisturbed(await partitionLog());
    const actual = await putOut();
    expect(expected.events.length).toBeGreaterThan(50);
    assertExactlyOnce({ expected: expected.events, actual: actual.events });
    expect(actual.vitals).toEqual(expected.vitals);
    const thumbs = (await readAll(topics.signals.name)).map(({ value }) => JSON.parse(String(value)) as { name?: string; evidence?: { feedbackId?: string } }).filter(({ name }) => name === 'thumbs_up' || name === 'thumbs_down');
    expect(thumbs.length).toBeGreaterThan(3);
    assertNoDuplicates(thumbs.map(({ evidence }) => evidence?.feedbackId ?? ''));
    expect(sumOf(actual.vitals, 'requests')).toBe(interactions);
    expect(sumOf(actual.vitals, 'unitCount')).toBeGreaterThanOrEqual(conversations);
  });

  it('puts a broken event aside once, with its reason, and goes on', async () => {
    await startService();
    const good = record('ratchet.interaction.completed', `${run}-bad`, { conversationId: `${run}-bad` });
    await producer.sendRecords([{ ...good, value: '{"half":' }, good]);
    const before = conversations;
    await converse();
    const letters = await eventually(async () => {
      const found = (await readAll(DEAD_LETTERS)).filter(({ key }) => key === `${run}-bad`);
      expect(found).toHaveLength(2);
      return found;
    }, { withinMs: 60_000, everyMs: 500 });
    expect(letters.map(({ headers }) => headers['ratchet_dlq_code'])).toEqual(['not_json', 'wrong_schema']);
    expect(letters[0]?.value?.toString()).toBe('{"half":');
    expect(letters[1]?.headers['ratchet_dlq_message']).toContain('interactionId');
    await eventually(async () => expect(sumOf((await putOut()).vitals, 'requests')).toBe(interactions), { withinMs: 30_000, everyMs: 500 });
    expect(conversations).toBe(before + 1);
  });
});
