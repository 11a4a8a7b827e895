import { partitionOfKey } from '@ratchet/kafka';
import type { ConsumedRecord } from '@ratchet/kafka';

export type KeyProblem = 'no_key' | 'other_key' | 'other_partition';

/** Looking at each record would cost more than it tells: a producer is wrong about all of them, or about none. */
const EVERY = 16n;

/**
 * A conversation must be in one partition, or it is seen in pieces: the key must be its id, and the producer must place it by murmur2.
 *
 * @returns what is wrong with the record's place, or undefined; only every sixteenth is looked at
 */
export const keyProblemOf = ({ key, offset, partition }: ConsumedRecord, { conversationId, partitions }: { conversationId: string; partitions: number }): KeyProblem | undefined => {
  if (offset % EVERY !== 0n) return undefined;
  if (key === null) return 'no_key';
  if (key.toString('utf8') !== conversationId) return 'other_key';
  return partitionOfKey(key, partitions) === partition ? undefined : 'other_partition';
};

export const KEY_ADVICE: Readonly<Record<KeyProblem, string>> = {
  no_key: 'records come without a key: set the conversation id as the key',
  other_key: 'records come with a key that is not their conversation id: set the conversation id as the key',
  other_partition: 'records are not in the partition that murmur2 gives to their key: producers on librdkafka need partitioner=murmur2_random',
};
