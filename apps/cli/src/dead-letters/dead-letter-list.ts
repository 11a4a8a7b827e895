import type { KafkaClient } from '@ratchet/kafka';
import { withAdmin } from '@ratchet/kafka';
import { readTopics } from '../stack/read-topics.js';
import { copyOf, parseDeadLetterTopic, toDeadLetter } from './dead-letter.js';
import type { DeadLetter } from './dead-letter.js';
import { decodeReplayPosition, isReplayed, NOTHING_REPLAYED } from './replay-position.js';
import type { ReplayPosition } from './replay-position.js';

/** The consumer group whose positions say what has been replayed. */
export const REPLAY_GROUP = 'ratchet-dlq-replay';

export interface DeadLetterFilter {
  readonly topic?: string;
  readonly service?: string;
}

export interface DeadLetterCount {
  readonly topic: string;
  readonly service: string;
  readonly code: string;
  readonly records: number;
  /** Of them, not replayed yet. */
  readonly pending: number;
}

/** The dead-letter topics that hold something and fit the filter; `topic` may be the original's name or the dead letters' own. */
const topicsOf = (kafka: KafkaClient, { topic, service }: DeadLetterFilter): Promise<string[]> =>
  withAdmin(kafka, async (admin) => {
    const fitting = (await admin.topicNames()).filter((name) => {
      const source = parseDeadLetterTopic(name);
      return source && (topic === undefined || topic === source.topic || topic === name) && (service === undefined || service === source.service);
    });
    const filled: string[] = [];
    for (const name of fitting) if ((await admin.bounds(name)).some(({ low, high }) => low !== high)) filled.push(name);
    return filled.sort();
  });

/** Gives every dead letter, in the order of each topic. */
export const readDeadLetters = async (kafka: KafkaClient, filter: DeadLetterFilter, onLetter: (letter: DeadLetter) => void): Promise<void> => {
  await readTopics({
    kafka,
    topics: await topicsOf(kafka, filter),
    onRecord: (record) => {
      const letter = toDeadLetter(record);
      if (letter) onLetter(letter);
    },
  });
};

export type ReplayPositions = Map<string, ReplayPosition>;

export const placeOf = ({ topic, partition }: { topic: string; partition: number }): string => `${topic}/${partition}`;

/** What has been replayed, by topic and partition of the dead letters. */
export const readReplayPositions = (kafka: KafkaClient): Promise<ReplayPositions> =>
  withAdmin(kafka, async (admin) => {
    const committed = await admin.positions(REPLAY_GROUP);
    return new Map(committed.map(({ topic, partition, offset, metadata }) => [placeOf({ topic, partition }), decodeReplayPosition(offset, metadata)] as const));
  });

export const wasReplayed = (positions: ReplayPositions, { record }: DeadLetter): boolean => isReplayed(positions.get(placeOf(record)) ?? NOTHING_REPLAYED, record.offset);

/** Dead letters by topic, service and code; copies of one count once, and as replayed where one of them was. */
export const readDeadLetterCounts = async (kafka: KafkaClient, filter: DeadLetterFilter = {}): Promise<DeadLetterCount[]> => {
  const positions = await readReplayPositions(kafka);
  const letters = new Map<string, { readonly kind: Pick<DeadLetterCount, 'topic' | 'service' | 'code'>; isReplayed: boolean }>();
  await readDeadLetters(kafka, filter, (letter) => {
    const { topic, service, code } = letter;
    const isReplayed = wasReplayed(positions, letter);
    const known = letters.get(copyOf(letter));
    if (known) known.isReplayed ||= isReplayed;
    else letters.set(copyOf(letter), { kind: { topic, service, code }, isReplayed });
  });
  return countByKind([...letters.values()]);
};

const countByKind = (letters: readonly { readonly kind: Pick<DeadLetterCount, 'topic' | 'service' | 'code'>; readonly isReplayed: boolean }[]): DeadLetterCount[] => {
  const counts = new Map<string, DeadLetterCount>();
  for (const { kind, isReplayed } of letters) {
    const key = `${kind.topic} ${kind.service} ${kind.code}`;
    const { records, pending } = counts.get(key) ?? { records: 0, pending: 0 };
    counts.set(key, { ...kind, records: records + 1, pending: pending + (isReplayed ? 0 : 1) });
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
};
