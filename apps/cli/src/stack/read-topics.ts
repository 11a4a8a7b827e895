import { decodeMessage } from '@ratchet/contracts';
import type { DecodeErrorCode, EventEnvelope } from '@ratchet/contracts';
import { TopicTable } from '@ratchet/kafka';
import type { ConsumedRecord, KafkaClient } from '@ratchet/kafka';
import { Logger } from '@ratchet/observability';
import { withAdmin } from '@ratchet/kafka';

const QUIET_MS_MAX = 30_000;
const QUIET_CHECK_MS = 1_000;

/**
 * Reads topics from their beginning to the end that they have now; those that do not exist are passed over.
 *
 * @throws {Error} where Kafka stops answering before the end; what `onRecord` threw
 */
export const readTopics = async ({ kafka, topics, onRecord }: { kafka: KafkaClient; topics: readonly string[]; onRecord: (record: ConsumedRecord) => unknown }): Promise<void> => {
  const existing = new Set(await withAdmin(kafka, (admin) => admin.topicNames()));
  const present = topics.filter((topic) => existing.has(topic));
  if (present.length === 0) return;
  let lastAt = Date.now();
  let isBusy = false;
  const { promise: broken, reject: giveUp } = Promise.withResolvers<never>();
  const table = new TopicTable({
    kafka,
    topics: present,
    logger: Logger.silent(),
    onRecord: async (record) => {
      // A reader of ours that takes its time is no fault of Kafka's.
      isBusy = true;
      // The consumer would come back to the record for ever.
      try {
        await onRecord(record);
      } catch (error) {
        giveUp(error);
      }
      isBusy = false;
      lastAt = Date.now();
    },
  });
  let watch: NodeJS.Timeout | undefined;
  const quiet = new Promise<never>((_, reject) => {
    watch = setInterval(() => {
      if (!isBusy && Date.now() - lastAt > QUIET_MS_MAX) reject(new Error(`Kafka gave nothing for ${QUIET_MS_MAX / 1_000} s before the end of ${present.join(', ')} was reached: look at the broker, and try again`));
    }, QUIET_CHECK_MS);
  });
  try {
    await Promise.race([table.start(), quiet, broken]);
  } finally {
    clearInterval(watch);
    await table.stop();
  }
};

export interface UnreadableRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly code: DecodeErrorCode;
  readonly message: string;
}

/** The same for events, each with its record; gives the records that are none. A promise that `onEvent` gives is kept before the next. */
export const readEvents = async ({ kafka, topics, onEvent }: { kafka: KafkaClient; topics: readonly string[]; onEvent: (event: EventEnvelope, record: ConsumedRecord) => unknown }): Promise<UnreadableRecord[]> => {
  const unreadable: UnreadableRecord[] = [];
  await readTopics({
    kafka,
    topics,
    onRecord: (record): unknown => {
      const decoded = decodeMessage(record, record.topic);
      if (decoded.ok) return onEvent(decoded.event, record);
      // A record without a value is a compacted topic's way to delete a key.
      if (decoded.code !== 'null_value') unreadable.push({ topic: record.topic, partition: record.partition, offset: record.offset, code: decoded.code, message: decoded.message });
      return undefined;
    },
  });
  return unreadable;
};
