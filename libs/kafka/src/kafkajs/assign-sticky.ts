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

/**
 * Shares out the partitions of each topic evenly, and moves as few as that allows. Every partition goes to one member, whatever the
 * members claim; the result depends on the claims alone, not on their order.
 */
export const assignSticky = (partitions: readonly TopicPartition[], claims: readonly MemberClaim[]): MemberShare[] => {
  if (claims.length === 0) return [];
  const members = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = new Map<string, Record<string, number[]>>(members.map(({ memberId }) => [memberId, {}]));
  const held = new Map<string, number>();
  for (const [topic, places] of [...Map.groupBy(partitions, (place) => place.topic)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const owned = new Map(members.map((member) => [member.memberId, member.owned.filter((place) => place.topic === topic).map(({ partition }) => partition)]));
    for (const [memberId, share] of shareTopic(places.map(({ partition }) => partition), owned, held)) {
      held.set(memberId, (held.get(memberId) ?? 0) + share.length);
      if (share.length > 0) (shares.get(memberId) ?? {})[topic] = share;
    }
  }
  return [...shares].map(([memberId, assignment]) => ({ memberId, assignment }));
};

/** `held` counts what each member has of other topics by now: those that have least get what does not divide evenly. */
const shareTopic = (partitions: readonly number[], owned: ReadonlyMap<string, readonly number[]>, held: ReadonlyMap<string, number>): Map<string, number[]> => {
  const least = Math.floor(partitions.length / owned.size);
  const byNeed = [...owned].sort(([a, ownedA], [b, ownedB]) => (held.get(a) ?? 0) - (held.get(b) ?? 0) || ownedB.length - ownedA.length);
  const larger = new Set(byNeed.slice(0, partitions.length % owned.size).map(([memberId]) => memberId));
  const quotaOf = (memberId: string): number => least + (larger.has(memberId) ? 1 : 0);
  const free = new Set(partitions);
  const kept = new Map([...owned].map(([memberId, claimed]) => [memberId, claimed.filter((partition) => free.has(partition)).slice(0, quotaOf(memberId)).filter((partition) => free.delete(partition))]));
  const rest = [...free];
  return new Map([...kept].map(([memberId, share]) => [memberId, [...share, ...rest.splice(0, quotaOf(memberId) - share.length)]]));
};
