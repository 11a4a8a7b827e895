import { deadLetterTopicOf } from '@ratchet/contracts';
import type { TopicSpec } from '@ratchet/contracts';
import type { Admin } from 'kafkajs';
import { backoffMs, sleep } from './backoff.js';
import type { KafkaConnection } from './connection.js';

const configOf = (spec: TopicSpec): { name: string; value: string }[] => [
  { name: 'cleanup.policy', value: spec.cleanup },
  { name: 'retention.ms', value: String(spec.retentionMs) },
  { name: 'message.timestamp.type', value: spec.timestamps },
  ...(spec.cleanup === 'compact' ? [{ name: 'min.cleanable.dirty.ratio', value: '0.1' }] : []),
];

interface WantedTopics {
  readonly catalogue: readonly TopicSpec[];
  readonly replicationFactor: number;
  readonly services: readonly string[];
}

const ATTEMPTS = 20;

/** A record of the largest size that its topic takes must fit here together with its reason. */
const deadLetterConfig = [{ name: 'retention.ms', value: '-1' }, { name: 'max.message.bytes', value: '2097152' }];

/**
 * Creates what is missing of the catalogue, and each named service's dead-letter topics. Existing topics are left as they are:
 * partition counts never change in place. Several services may start at once, and a new topic takes a moment to have a leader.
 */
export const ensureTopics = async (kafka: KafkaConnection, wanted: WantedTopics): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await createMissing(admin, wanted);
      } catch (error) {
        if (attempt >= ATTEMPTS || !mayPass(error)) throw error;
        await sleep(backoffMs(attempt, Math.random(), { initialMs: 100, maxMs: 2_000 }));
      }
    }
  } finally {
    await admin.disconnect();
  }
};

const createMissing = async (admin: Admin, { catalogue, replicationFactor, services }: WantedTopics): Promise<void> => {
  const existing = new Set(await admin.listTopics());
  const wanted = catalogue.flatMap((spec) => [
    { topic: spec.name, numPartitions: spec.partitions, replicationFactor, configEntries: configOf(spec) },
    ...spec.consumers
      .filter((consumer) => services.includes(consumer))
      .map((consumer) => ({ topic: deadLetterTopicOf(spec.name, consumer), numPartitions: 1, replicationFactor, configEntries: deadLetterConfig })),
  ]);
  const missing = wanted.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true });
};

const mayPass = (error: unknown): boolean => {
  const errors = (error as { errors?: { type?: string }[] }).errors ?? [error as { type?: string }];
  return errors.every((one) => one.type === 'TOPIC_ALREADY_EXISTS' || (one as { retriable?: boolean }).retriable === true);
};
