import { deadLetterTopicOf } from '@ratchet/contracts';
import type { TopicSpec } from '@ratchet/contracts';
import type { KafkaConnection } from './connection.js';

const configOf = (spec: TopicSpec): { name: string; value: string }[] => [
  { name: 'cleanup.policy', value: spec.cleanup },
  { name: 'retention.ms', value: String(spec.retentionMs) },
  { name: 'message.timestamp.type', value: spec.timestamps },
  ...(spec.cleanup === 'compact' ? [{ name: 'min.cleanable.dirty.ratio', value: '0.1' }] : []),
];

/**
 * Creates what is missing of the catalogue, and each consuming service's dead-letter topics. Existing topics are left as they
 * are: partition counts never change in place.
 */
export const ensureTopics = async (
  kafka: KafkaConnection,
  { catalogue, replicationFactor, services }: { catalogue: readonly TopicSpec[]; replicationFactor: number; services: readonly string[] },
): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const wanted = catalogue.flatMap((spec) => [
      { topic: spec.name, numPartitions: spec.partitions, replicationFactor, configEntries: configOf(spec) },
      ...spec.consumers
        .filter((consumer) => services.includes(consumer))
        .map((consumer) => ({ topic: deadLetterTopicOf(spec.name, consumer), numPartitions: 1, replicationFactor, configEntries: [{ name: 'retention.ms', value: '-1' }] })),
    ]);
    const missing = wanted.filter(({ topic }) => !existing.has(topic));
    // Several services may start at once: a topic that another one made meanwhile is no error.
    if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true }).catch((error: unknown) => ignoreExisting(error));
  } finally {
    await admin.disconnect();
  }
};

const ignoreExisting = (error: unknown): void => {
  const errors = (error as { errors?: { type?: string }[] }).errors ?? [error as { type?: string }];
  if (!errors.every(({ type }) => type === 'TOPIC_ALREADY_EXISTS')) throw error;
};
