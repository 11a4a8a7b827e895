import { topicCatalogue } from '@ratchet/contracts';
import type { KafkaConnection } from '@ratchet/kafka';
import { withAdmin } from '../stack/kafka-access.js';

export interface PartitionEnds {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

export interface CommittedOffset {
  readonly partition: number;
  /** -1 where nothing is committed yet. */
  readonly offset: bigint;
}

/** A service's consumer group. */
export interface GroupStatus {
  readonly service: string;
  readonly members: number;
  readonly state: string;
  readonly topics: readonly { readonly topic: string; readonly lag: number }[];
}

/**
 * Records that a group has not read: from its position, or from the beginning where it has none, to the end. Counts offsets, so
 * that the markers of transactions are among them.
 */
export const lagOf = (committed: readonly CommittedOffset[], ends: readonly PartitionEnds[]): number =>
  ends.reduce((sum, { partition, low, high }) => {
    const offset = committed.find((entry) => entry.partition === partition)?.offset ?? -1n;
    const from = offset < low ? low : offset;
    return sum + (high > from ? Number(high - from) : 0);
  }, 0);

const consumers = new Set(topicCatalogue.flatMap((topic) => topic.consumers));

/** The groups of Ratchet's services, by name; a service that never committed a position has none. */
export const readGroups = (kafka: KafkaConnection): Promise<GroupStatus[]> =>
  withAdmin(kafka, async (admin) => {
    const { groups } = await admin.listGroups();
    const names = groups.map(({ groupId }) => groupId).filter((name) => consumers.has(name)).sort();
    if (names.length === 0) return [];
    const existing = new Set(await admin.listTopics());
    const described = await admin.describeGroups(names);
    const ends = new Map<string, PartitionEnds[]>();
    const endsOf = async (topic: string): Promise<PartitionEnds[]> => {
      const known = ends.get(topic) ?? (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
      ends.set(topic, known);
      return known;
    };
    const statuses: GroupStatus[] = [];
    for (const service of names) {
      const group = described.groups.find(({ groupId }) => groupId === service);
      const topics: { topic: string; lag: number }[] = [];
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId: service })) {
        if (!existing.has(topic)) continue;
        const committed = partitions.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
        topics.push({ topic, lag: lagOf(committed, await endsOf(topic)) });
      }
      statuses.push({ service, members: group?.members.length ?? 0, state: group?.state ?? 'Unknown', topics: topics.sort((a, b) => (a.topic < b.topic ? -1 : 1)) });
    }
    return statuses;
  });
