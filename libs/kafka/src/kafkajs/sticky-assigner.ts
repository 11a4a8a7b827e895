import kafkajs from 'kafkajs';
import type { PartitionAssigner } from 'kafkajs';
import { z } from 'zod';
import type { TopicPartition } from '../client/kafka-client.js';
import { assignSticky } from './assign-sticky.js';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;

const claimSchema = z.object({ owned: z.array(z.object({ topic: z.string(), partition: z.number().int() })) });

/** Members of another version may say nothing, or something else. */
const readClaim = (userData: Buffer): TopicPartition[] => {
  try {
    return claimSchema.parse(JSON.parse(userData.toString('utf8'))).owned;
  } catch {
    return [];
  }
};

/**
 * Every member says with each join what it holds, and the leader lets it keep that as far as the shares stay even. kafkajs knows only
 * the eager protocol, in which all members stop for a rebalance; but what a member keeps need not be restored.
 */
export const stickyAssigner =
  (owned: () => readonly TopicPartition[]): PartitionAssigner =>
  ({ cluster }) => ({
    name: 'RatchetSticky',
    version: 1,
    protocol: ({ topics }) => ({
      name: 'RatchetSticky',
      metadata: MemberMetadata.encode({ version: 1, topics, userData: Buffer.from(JSON.stringify({ owned: owned() })) }),
    }),
    assign: async ({ members, topics }) => {
      const partitions = topics.flatMap((topic) => cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ topic, partition: partitionId })));
      const claims = members.map(({ memberId, memberMetadata }) => ({ memberId, owned: readClaim(MemberMetadata.decode(memberMetadata)?.userData ?? Buffer.alloc(0)) }));
      return assignSticky(partitions, claims).map(({ memberId, assignment }) => ({ memberId, memberAssignment: MemberAssignment.encode({ version: 1, assignment, userData: Buffer.alloc(0) }) }));
    },
  });
