import { topicCatalogue, topics } from '@ratchet/contracts';
import { readGroups, withAdmin } from '@ratchet/kafka';
import type { KafkaAdmin, KafkaClient, TopicPartition } from '@ratchet/kafka';

/** What no database made: users' events, what the detector found in them, and what happened on their side. It stays, and is read again. */
const sources: readonly string[] = [topics.interactions, topics.signals, topics.vitals].map(({ name }) => name);
/** It keeps nothing in the database, and goes on where it is. */
const DETECTOR = 'signal-detector';
/** A batch that was read shortly before the backup may not have been in it. */
const MARGIN_MS = 60_000;

interface GroupRewind {
  readonly group: string;
  readonly topic: string;
  readonly positions: readonly (TopicPartition & { readonly offset: bigint })[];
  /** Records and markers between the new position and the old one. */
  readonly again: number;
  /** A partition holds nothing of the time any more: its log begins later. */
  readonly isTooLate: boolean;
}

/** What takes Kafka back to the moment of a backup to which PostgreSQL was restored. */
export interface RewindPlan {
  readonly groups: readonly GroupRewind[];
  /** Made by services from what their database knew, with the dead letters of these. */
  readonly topics: readonly { readonly name: string; readonly records: number }[];
  /** Services that read or write now, by their group. */
  readonly running: readonly { readonly group: string; readonly members: number }[];
}

const isDerived = (name: string): boolean => topicCatalogue.some((topic) => !sources.includes(topic.name) && (name === topic.name || (name.startsWith(`${topic.name}.`) && name.endsWith('.dlq'))));

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const groupRewind = async (admin: KafkaAdmin, { group, topic, timeMs }: { group: string; topic: string; timeMs: number }): Promise<GroupRewind[]> => {
  const current = new Map((await admin.positions(group, [topic])).map(({ partition, offset }) => [partition, offset]));
  // A service that has never run has nothing to read again.
  if (current.size === 0) return [];
  const lows = new Map((await admin.bounds(topic)).map(({ partition, low }) => [partition, low]));
  const found = (await admin.offsetsAt(topic, timeMs - MARGIN_MS)).filter(({ partition }) => current.has(partition));
  // Never forward: what a group has not read yet is not skipped.
  const positions = found.map(({ partition, offset }) => ({ topic, partition, offset: min(offset, current.get(partition) ?? offset) }));
  const again = positions.reduce((sum, { partition, offset }) => sum + Number((current.get(partition) ?? offset) - offset), 0);
  return [{ group, topic, positions, again, isTooLate: found.some(({ partition, offset }) => offset > 0n && offset === lows.get(partition)) }];
};

export const planRewind = async (kafka: KafkaClient, timeMs: number): Promise<RewindPlan> => {
  const running = (await readGroups(kafka)).filter(({ members }) => members > 0).map(({ service, members }) => ({ group: service, members }));
  return withAdmin(kafka, async (admin) => {
    const existing = (await admin.topicNames()).sort();
    const derived = await Promise.all(existing.filter(isDerived).map(async (name) => ({ name, records: (await admin.bounds(name)).reduce((sum, { low, high }) => sum + Number(high - low), 0) })));
    const groups: GroupRewind[] = [];
    for (const { name, consumers } of topicCatalogue.filter((topic) => sources.includes(topic.name) && existing.includes(topic.name))) {
      for (const group of consumers.filter((consumer) => consumer !== DETECTOR)) groups.push(...(await groupRewind(admin, { group, topic: name, timeMs })));
    }
    return { groups, topics: derived, running };
  });
};

/** May be done again where it was interrupted: groups come first, and topics that are gone are in no plan. */
export const carryOut = (kafka: KafkaClient, plan: RewindPlan): Promise<void> =>
  withAdmin(kafka, async (admin) => {
    for (const { group, positions } of plan.groups) await admin.setPositions(group, positions);
    await admin.deleteTopics(plan.topics.map(({ name }) => name));
  });
