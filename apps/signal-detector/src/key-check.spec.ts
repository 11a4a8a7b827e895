import { describe, expect, it } from '@jest/globals';
import { partitionOfKey } from '@ratchet/kafka';
import { keyProblemOf } from './key-check.js';

const PARTITIONS = 6;
const conversationId = 'conversation-1';
const right = partitionOfKey(conversationId, PARTITIONS);
const problemOf = (key: string | null, { partition = right, offset = 32 } = {}): string | undefined =>
  keyProblemOf({ topic: 't', partition, offset: BigInt(offset), timestampMs: 0, key: key === null ? null : Buffer.from(key), value: null, headers: {} }, { conversationId, partitions: PARTITIONS });

describe('keyProblemOf', () => {
  it('finds nothing wrong with the conversation id in the partition that murmur2 gives it', () => {
    expect(problemOf(conversationId)).toBeUndefined();
  });

  it('tells the three ways apart in which a conversation ends up in pieces', () => {
    expect([problemOf(null), problemOf('somebody'), problemOf(conversationId, { partition: (right + 1) % PARTITIONS })]).toEqual(['no_key', 'other_key', 'other_partition']);
  });

  it('looks at every sixteenth record', () => {
    expect(Array.from({ length: 33 }, (_, offset) => problemOf(null, { offset })).filter((problem) => problem !== undefined)).toHaveLength(3);
  });
});
