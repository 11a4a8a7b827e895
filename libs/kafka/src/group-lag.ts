import { topicCatalogue } from '@ratchet/contracts';
import { withAdmin } from './client/with-admin.js';
import type { KafkaClient, PartitionBounds } from './client/kafka-client.js';

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
export const lagOf = (committed: readonly { readonly partition: number; readonly offset: bigint }[], ends: readonly PartitionBounds[]): number =>
  ends.reduce((sum, { partition, low, high }) => {
    const offset = committed.find((entry) => entry.partition === partition)?.offset ?? -1n;
    const from = offset < low ? low : offset;
    return sum + (high > from ? Number(high - from) : 0);
  }, 0);

const consumers = new Set(topicCatalogue.flatMap((topic) => topic.consumers));

/** The groups of Ratchet's services, by name; a service that never committed a position has none. */
export const readGroups = (kafka: KafkaClient): Promise<GroupStatus[]> =>
  withAdmin(kafka, async (admin) => {
    const names = (await admin.groupIds()).filter((name) => consumers.has(name)).sort();
    const existing = new Set(await admin.topicNames());
    const states = await admin.groupStates(names);
    const ends = new Map<string, PartitionBounds[]>();
    const endsOf = async (topic: string): Promise<PartitionBounds[]> => {
      const known = ends.get(topic) ?? (await admin.bounds(topic));
      ends.set(topic, known);
      return known;
    };
    const statuses: GroupStatus[] = [];
    for (const service of names) {
      const group = states.find(({ groupId }) => groupId === service);
      const topics: { topic: string; lag: number }[] = [];
      for (const [topic, committed] of Map.groupBy(await admin.positions(service), (position) => position.topic)) {
        if (!existing.has(topic)) continue;
        topics.push({ topic, lag: lagOf(committed, await endsOf(topic)) });
      }
      statuses.push({ service, members: group?.members ?? 0, state: group?.state ?? 'Unknown', topics: topics.sort((a, b) => (a.topic < b.topic ? -1 : 1)) });
    }
    return statuses;
  });
