import type { KafkaConnection } from '@ratchet/kafka';
import { originalOf } from './dead-letter.js';
import type { DeadLetter } from './dead-letter.js';
import { placeOf, REPLAY_GROUP } from './dead-letter-list.js';
import type { ReplayPositions } from './dead-letter-list.js';
import { afterReplay, encodeReplayPosition, NOTHING_REPLAYED } from './replay-position.js';

const LETTERS_PER_TRANSACTION = 200;

export interface ReplayRequest {
  readonly kafka: KafkaConnection;
  /** What to send back, in the order of each topic. */
  readonly letters: readonly DeadLetter[];
  /** Offsets that each partition holds, ascending, by its place. */
  readonly present: ReadonlyMap<string, readonly bigint[]>;
  readonly positions: ReplayPositions;
  readonly onSent: (count: number) => void;
}

/**
 * Sends dead letters back to where they came from. Records and positions are one Kafka transaction, so that an interrupted
 * replay repeats nothing and leaves nothing out; a second replay at the same time is fenced off.
 */
export const replayDeadLetters = async ({ kafka, letters, present, positions, onSent }: ReplayRequest): Promise<void> => {
  const producer = kafka.producer({ transactionalId: REPLAY_GROUP, idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
  await producer.connect();
  try {
    for (let from = 0; from < letters.length; from += LETTERS_PER_TRANSACTION) {
      const part = letters.slice(from, from + LETTERS_PER_TRANSACTION);
      const advanced = advance(part, { present, positions });
      const transaction = await producer.transaction();
      try {
        for (const { topic, ...message } of part.map(originalOf)) await transaction.send({ topic, messages: [message], acks: -1 });
        await transaction.sendOffsets({ consumerGroupId: REPLAY_GROUP, topics: toOffsets(part, advanced) });
        await transaction.commit();
      } catch (error) {
        await transaction.abort().catch(() => undefined);
        throw error;
      }
      for (const [place, position] of advanced) positions.set(place, position);
      onSent(part.length);
    }
  } finally {
    await producer.disconnect();
  }
};

const advance = (letters: readonly DeadLetter[], { present, positions }: Pick<ReplayRequest, 'present' | 'positions'>): ReplayPositions => {
  const places = Map.groupBy(letters, ({ record }) => placeOf(record));
  return new Map([...places].map(([place, group]) => [place, afterReplay(positions.get(place) ?? NOTHING_REPLAYED, group.map(({ record }) => record.offset), present.get(place) ?? [])]));
};

const toOffsets = (letters: readonly DeadLetter[], advanced: ReplayPositions): { topic: string; partitions: { partition: number; offset: string; metadata: string }[] }[] => {
  const topics = new Map<string, Map<number, { partition: number; offset: string; metadata: string }>>();
  for (const { record } of letters) {
    const partitions = topics.get(record.topic) ?? new Map<number, { partition: number; offset: string; metadata: string }>();
    topics.set(record.topic, partitions);
    partitions.set(record.partition, { partition: record.partition, ...encodeReplayPosition(advanced.get(placeOf(record)) ?? NOTHING_REPLAYED) });
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions: [...partitions.values()] }));
};
