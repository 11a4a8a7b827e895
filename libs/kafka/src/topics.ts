import { deadLetterTopicOf } from '@ratchet/contracts';
import type { TopicSpec } from '@ratchet/contracts';
import { backoffMs, sleep } from './backoff.js';
import type { KafkaAdmin, KafkaClient, NewTopic } from './client/kafka-client.js';
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

const USUAL_BYTES_MAX = 1_048_588;
/** Room for the reason beside a record of the largest size that its topic takes. */
const REASON_BYTES_MAX = 1_048_576;

const deadLetterConfig = (bytesMax: number): Record<string, string> => ({ 'retention.ms': '-1', 'max.message.bytes': String(bytesMax + REASON_BYTES_MAX) });

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
  const create = async (wanted: readonly Omit<NewTopic, 'replicationFactor'>[]): Promise<void> => {
    const missing = wanted.filter(({ name }) => !existing.has(name)).map((topic) => ({ ...topic, replicationFactor }));
    if (missing.length > 0) await admin.createTopics(missing);
  };
  await create(catalogue.map((spec) => ({ name: spec.name, partitions: spec.partitions, config: configOf(spec) })));
  const letters = catalogue.flatMap(({ name, consumers }) => consumers.filter((consumer) => services.includes(consumer)).map((consumer) => ({ source: name, name: deadLetterTopicOf(name, consumer) })));
  const missing = letters.filter(({ name }) => !existing.has(name));
  // An operator may have set another limit than the default.
  const configs = await admin.topicConfigs([...new Set(missing.map(({ source }) => source))], ['max.message.bytes']);
  await create(missing.map(({ source, name }) => ({ name, partitions: 1, config: deadLetterConfig(Number(configs.get(source)?.['max.message.bytes'] ?? USUAL_BYTES_MAX)) })));
};

const mayPass = (error: unknown): boolean => {
  const errors = (error as { errors?: { type?: string }[] }).errors ?? [error as { type?: string }];
  return errors.every((one) => one.type === 'TOPIC_ALREADY_EXISTS' || (one as { retriable?: boolean }).retriable === true);
};
