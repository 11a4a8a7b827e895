import type { CommittedOffset, KafkaClient } from '@ratchet/kafka';
import { copyOf, originalOf, originOf } from './dead-letter.js';
import type { DeadLetter } from './dead-letter.js';
import { placeOf, REPLAY_GROUP } from './dead-letter-list.js';
import type { ReplayPositions } from './dead-letter-list.js';
import { afterReplay, encodeReplayPosition, NOTHING_REPLAYED } from './replay-position.js';

const LETTERS_PER_TRANSACTION = 200;

export interface ReplayRequest {
  readonly kafka: KafkaClient;
  /** What to send back, in the order of each topic. */
  readonly letters: readonly DeadLetter[];
  /** Offsets that each partition holds, ascending, by its place. */
  readonly present: ReadonlyMap<string, readonly bigint[]>;
  readonly positions: ReplayPositions;
  /** Copies of what has been replayed (see `copyOf`): they count as replayed now, and are not sent. */
  readonly done: ReadonlySet<string>;
  /** Letters done, and records sent for them: what several services turned down goes back once. */
  readonly onSent: (done: { letters: number; records: number }) => void;
}

/**
 * Sends dead letters back to where they came from. Records and positions are one Kafka transaction, so that an interrupted
 * replay repeats nothing and leaves nothing out; a second replay at the same time is fenced off.
 */
export const replayDeadLetters = async ({ kafka, letters, present, positions, done, onSent }: ReplayRequest): Promise<void> => {
  const producer = kafka.transactionalProducer(REPLAY_GROUP);
  await producer.connect();
  try {
    const seen = new Set<string>();
    for (let from = 0; from < letters.length; from += LETTERS_PER_TRANSACTION) {
      const part = letters.slice(from, from + LETTERS_PER_TRANSACTION);
      const originals = sentOnce(part.filter((letter) => !done.has(copyOf(letter))), seen).map(originalOf);
      const advanced = advance(part, { present, positions });
      await producer.commit({ records: originals, groupId: REPLAY_GROUP, positions: toOffsets(part, advanced) });
      for (const [place, position] of advanced) positions.set(place, position);
      onSent({ letters: part.length, records: originals.length });
    }
  } finally {
    await producer.disconnect();
  }
};

/** Without the letters whose record another service turned down as well: it goes back once. */
export const sentOnce = (letters: readonly DeadLetter[], seen: Set<string>): DeadLetter[] =>
  letters.filter((letter) => {
    const origin = originOf(letter);
    return !seen.has(origin) && seen.add(origin);
  });

const advance = (letters: readonly DeadLetter[], { present, positions }: Pick<ReplayRequest, 'present' | 'positions'>): ReplayPositions => {
  const places = Map.groupBy(letters, ({ record }) => placeOf(record));
  return new Map([...places].map(([place, group]) => [place, afterReplay(positions.get(place) ?? NOTHING_REPLAYED, group.map(({ record }) => record.offset), present.get(place) ?? [])]));
};

const toOffsets = (letters: readonly DeadLetter[], advanced: ReplayPositions): CommittedOffset[] => {
  const places = new Map(letters.map(({ record: { topic, partition } }) => [placeOf({ topic, partition }), { topic, partition }]));
  return [...places].map(([place, where]) => ({ ...where, ...encodeReplayPosition(advanced.get(place) ?? NOTHING_REPLAYED) }));
};
