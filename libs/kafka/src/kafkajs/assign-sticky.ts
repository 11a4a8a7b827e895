import type { TopicPartition } from '../client/kafka-client.js';

export interface MemberClaim {
  readonly memberId: string;
  /** What it held before this rebalance. */
  readonly owned: readonly TopicPartition[];
}

export interface MemberShare {
  readonly memberId: string;
  readonly assignment: Record<string, number[]>;
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** Numbers of partitions that differ by one at most; the members that hold most get the larger ones. */
const quotasOf = (claims: readonly MemberClaim[], partitions: number): Map<string, number> => {
  const least = Math.floor(partitions / claims.length);
  const larger = partitions % claims.length;
  return new Map(claims.map(({ memberId }, i) => [memberId, least + (i < larger ? 1 : 0)]));
};

/**
 * Shares out partitions evenly, and moves as few as that allows. Every partition goes to one member, whatever the members claim;
 * the result depends on the claims alone, not on their order.
 */
export const assignSticky = (partitions: readonly TopicPartition[], claims: readonly MemberClaim[]): MemberShare[] => {
  if (claims.length === 0) return [];
  const byId = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const quotas = quotasOf([...byId].sort((a, b) => b.owned.length - a.owned.length), partitions.length);
  const free = new Map(partitions.map((place) => [nameOf(place), place]));
  const shares = new Map<string, TopicPartition[]>(byId.map(({ memberId }) => [memberId, []]));
  for (const { memberId, owned } of byId) {
    const share = shares.get(memberId) ?? [];
    for (const place of owned) {
      if (share.length < (quotas.get(memberId) ?? 0) && free.delete(nameOf(place))) share.push(place);
    }
  }
  const rest = [...free.values()];
  for (const { memberId } of byId) {
    const share = shares.get(memberId) ?? [];
    share.push(...rest.splice(0, (quotas.get(memberId) ?? 0) - share.length));
  }
  return byId.map(({ memberId }) => ({ memberId, assignment: groupByTopic(shares.get(memberId) ?? []) }));
};

const groupByTopic = (places: readonly TopicPartition[]): Record<string, number[]> => {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of places) (assignment[topic] ??= []).push(partition);
  return assignment;
};
