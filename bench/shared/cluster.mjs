// The broker and what the benchmarks do with it beside the processes that they measure.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { deadLetterTopicOf, topicCatalogue, topics } from '@ratchet/contracts';
import { createKafka, ensureTopics } from '@ratchet/kafka';
import { startStack } from '@ratchet/local-stack';
import { Logger } from '@ratchet/observability';
import { root } from './report.mjs';

export const INTERACTIONS = topics.interactions.name;
export const SIGNALS = topics.signals.name;
export const DEAD_LETTERS = deadLetterTopicOf(INTERACTIONS, 'signal-detector');

/** Topics are emptied here, so a cluster that the environment names is never used. */
const OWN_STACK = { KAFKA_BROKERS: '', DATABASE_URL: '', RATCHET_STACK: 'embedded', RATCHET_KAFKA_PORT: '', RATCHET_POSTGRES_PORT: '' };

/** A stack of the benchmark's own, with an empty log; `stop` ends it and removes its data. */
export const startCluster = async ({ onProgress }) => {
  const folder = join(root, '.ratchet', 'bench');
  mkdirSync(folder, { recursive: true });
  const dataDir = mkdtempSync(join(folder, 'stack-'));
  const stack = await startStack({ dataDir, onProgress, env: { ...process.env, ...OWN_STACK } });
  const brokers = stack.kafkaBrokers;
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  // A plain client: the benchmarks look at the log with other eyes than what they measure.
  const kafka = new kafkajs.Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 10 } });
  const admin = kafka.admin();
  await admin.connect();
  const stop = async () => {
    await admin.disconnect();
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { brokers, kafka, admin, dataDir, stop };
};

const waitFor = async (what, condition) => {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(200)) if (await condition()) return;
  throw new Error(`${what} did not happen within a minute`);
};

/** The product's topics as the product makes them, all of them empty. */
export const freshTopics = async ({ admin, brokers }, extra = []) => {
  const wanted = new Set([INTERACTIONS, SIGNALS, topics.vitals.name, DEAD_LETTERS, ...extra]);
  const old = (await admin.listTopics()).filter((name) => wanted.has(name));
  if (old.length > 0) await admin.deleteTopics({ topics: old });
  await waitFor('deleting topics', async () => !(await admin.listTopics()).some((name) => wanted.has(name)));
  await ensureTopics(createKafka({ brokers, clientId: 'bench-topics' }, Logger.silent()), { catalogue: topicCatalogue, replicationFactor: 1, services: ['signal-detector'] });
  for (const topic of extra) await ensureTopic(admin, topic);
  for (const topic of wanted) await hasLeaders(admin, topic);
};

/** A new topic takes a moment to have leaders that know of it. */
const hasLeaders = (admin, topic) => waitFor(`topic ${topic}`, () => admin.fetchTopicOffsets(topic).then(() => true, () => false));

export const ensureTopic = async (admin, topic, numPartitions = 6) => {
  if (!(await admin.listTopics()).includes(topic)) await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1 }], waitForLeaders: false });
  await hasLeaders(admin, topic);
};

/** Partition -> the offset after the last record. */
export const endsOf = async (admin, topic) => new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));

/** Partition -> `{ offset, metadata }` for partitions that have a committed position. */
export const positionsOf = async (admin, { groupId, topic }) => {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map((found?.partitions ?? []).filter(({ offset }) => offset !== '-1').map(({ partition, offset, metadata }) => [partition, { offset: Number(offset), metadata }]));
};

/** A process that was killed is a member until its session is over. */
export const forgetGroup = async (admin, groupId) => {
  await waitFor(`an empty group ${groupId}`, async () => {
    const [result] = await admin.deleteGroups([groupId]).catch((error) => error.groups ?? [{ error }]);
    return result === undefined || !result.error || result.error.type === 'GROUP_ID_NOT_FOUND' || result.errorCode === 69;
  });
};

/** Calls `onRecord` for all that is committed in the topic from the given offsets to its present end. */
export const readRange = async ({ kafka, admin }, { topic, from, onRecord }) => {
  const ends = await endsOf(admin, topic);
  const left = new Map([...ends].filter(([partition, end]) => end > (from.get(partition) ?? 0)));
  if (left.size === 0) return;
  const groupId = `bench-read-${Date.now()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) if (Number(message.offset) >= (from.get(batch.partition) ?? 0)) onRecord(message, batch.partition);
    },
    autoCommitThreshold: 1,
  });
  await waitFor(`reading ${topic}`, async () => {
    const positions = await positionsOf(admin, { groupId, topic }).catch(() => new Map());
    return [...left].every(([partition, end]) => (positions.get(partition)?.offset ?? 0) >= end);
  });
  await consumer.disconnect();
  await admin.deleteGroups([groupId]).catch(() => undefined);
};
