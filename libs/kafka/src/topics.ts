import { deadLetterTopicOf } from '@ratchet/contracts';
import type { TopicSpec } from '@ratchet/contracts';
import { backoffMs, sleep } from './backoff.js';
import type { KafkaAdmin, KafkaClient } from './client/kafka-client.js';
import { explainKafkaError } from './kafka-error.js';

const configOf = (spec: TopicSpec): Record<string, string> => ({
  'cleanup.policy': spec.cleanup,
  'retention.ms': String(spec.retentionMs),
  'message.timestamp.type': spec.timestamps,
  ...(spec.cleanup === 'compact' && { 'min.cleanable.dirty.ratio': '0.1' }),
});

interface WantedTopics {
  readonly catalogue: readonly TopicSpec[];
  readonly replicationFactor: number;
  readonly services: readonly string[];
}

const ATTEMPTS = 20;

/** A record of the largest size that its topic takes must fit here together with its reason. */
const deadLetterConfig = { 'retention.ms': '-1', 'max.message.bytes': '2097152' };

/**
 * Creates what is missing of the catalogue, and each named service's dead-letter topics. Existing topics are left as they are:
 * partition counts never change in place. Several services may start at once, and a new topic takes a moment to have a leader.
 *
 * @throws {RatchetError} `kafka_authentication` or `kafka_authorization`, with what to set or to allow, where Kafka turns the user away
 */
export const ensureTopics = async (kafka: KafkaClient, wanted: WantedTopics): Promise<void> => {
  const admin = kafka.admin();
  try {
    await admin.connect();
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await createMissing(admin, wanted);
      } catch (error) {
        if (attempt >= ATTEMPTS || !mayPass(error)) throw error;
        await sleep(backoffMs(attempt, Math.random(), { initialMs: 100, maxMs: 2_000 }));
      }
    }
  } catch (error) {
    throw explainKafkaError(error);
  } finally {
    await admin.disconnect();
  }
};

const createMissing = async (admin: KafkaAdmin, { catalogue, replicationFactor, services }: WantedTopics): Promise<void> => {
  const existing = new Set(await admin.topicNames());
  const wanted = catalogue.flatMap((spec) => [
    { name: spec.name, partitions: spec.partitions, replicationFactor, config: configOf(spec) },
    ...spec.consumers
      .filter((consumer) => services.includes(consumer))
      .map((consumer) => ({ name: deadLetterTopicOf(spec.name, consumer), partitions: 1, replicationFactor, config: deadLetterConfig })),
  ]);
  const missing = wanted.filter(({ name }) => !existing.has(name));
  if (missing.length > 0) await admin.createTopics(missing);
};

const mayPass = (error: unknown): boolean => {
  const errors = (error as { errors?: { type?: string }[] }).errors ?? [error as { type?: string }];
  return errors.every((one) => one.type === 'TOPIC_ALREADY_EXISTS' || (one as { retriable?: boolean }).retriable === true);
};
