import { setTimeout as wait } from 'node:timers/promises';
import { topics } from '@ratchet/contracts';
import { withAdmin } from '@ratchet/testing';
import kafkajs from 'kafkajs';

export interface Member {
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/** Who holds which partitions of the interactions; undefined while the group is moving. */
export const detectorMembers = (): Promise<Member[] | undefined> =>
  withAdmin(async (admin) => {
    const { groups } = await admin.describeGroups(['signal-detector']);
    const [group] = groups;
    if (group?.state !== 'Stable') return undefined;
    return group.members.map(({ memberId, memberAssignment }) => ({ memberId, partitions: kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment[topics.interactions.name] ?? [] }));
  });

/** Waits until exactly `count` processes share the partitions, and gives their shares. */
export const untilMembers = async (count: number, withinMs: number): Promise<Member[]> => {
  for (const until = Date.now() + withinMs; ; ) {
    const members = await detectorMembers().catch(() => undefined);
    if (members?.length === count && members.reduce((sum, { partitions }) => sum + partitions.length, 0) === topics.interactions.partitions) return members;
    if (Date.now() > until) throw new Error(`the detectors' group did not settle on ${count} members within ${withinMs} ms; it has ${JSON.stringify(members)}`);
    await wait(250);
  }
};

const ends = (topic: string): Promise<Map<number, bigint>> => withAdmin(async (admin) => new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, BigInt(high)])));

export const committedBy = (groupId: string, topic: string): Promise<Map<number, bigint>> =>
  withAdmin(async (admin) => new Map(((await admin.fetchOffsets({ groupId, topics: [topic] }))[0]?.partitions ?? []).map(({ partition, offset }) => [partition, BigInt(offset)])));

/** Records, markers among them, that a group has still to read of a topic; none where it has never read it. */
export const lagOf = async (groupId: string, topic: string): Promise<number> => {
  const [high, committed] = await Promise.all([ends(topic), committedBy(groupId, topic)]);
  if ([...committed.values()].every((offset) => offset < 0n)) return 0;
  const behind = [...high].map(([partition, end]) => Number(end) - Math.max(0, Number(committed.get(partition) ?? 0n)));
  return behind.reduce((sum, count) => sum + count, 0);
};
