import type { OpportunityRanked } from '@ratchet/domain';
import type { Cluster } from './clustering.port.js';
import type { Failure } from './failure.js';
import type { Identity } from './identity.js';

const WEEK_MS = 7 * 86_400_000;
/** The event's own limits. */
const PATTERNS_MAX = 20;
const MEMBERS_MAX = 2_000;
/** Ids may be long, and a topic takes a megabyte at most in one event. */
const MEMBERS_BYTES_MAX = 256 * 1_024;

type Facts = Pick<OpportunityRanked, 'trend' | 'change' | 'patterns'>;

/** What a cluster is besides its cause and its urgency: what sets it apart, where it came from, and where it is going. */
export const weaknessFacts = ({ cluster, members, identity, rankedAt }: {
  readonly cluster: Pick<Cluster, 'patterns'>;
  readonly members: readonly Pick<Failure, 'closedAtMs'>[];
  readonly identity: Identity | undefined;
  readonly rankedAt: string;
}): Facts => ({
  trend: trendOf(members, Date.parse(rankedAt)),
  ...(identity !== undefined && { change: { ...identity.change, changedAt: rankedAt } }),
  ...(cluster.patterns !== undefined && { patterns: cluster.patterns.slice(0, PATTERNS_MAX).map(({ kind, pattern, share, shareElsewhere }) => ({ kind, pattern, share, shareElsewhere })) }),
});

/** Failures of the last 7 days and of the 7 before them. */
export const trendOf = (members: readonly Pick<Failure, 'closedAtMs'>[], nowMs: number): { lastWeek: number; weekBefore: number } => {
  const within = (fromMs: number, toMs: number): number => members.filter(({ closedAtMs }) => closedAtMs !== undefined && closedAtMs > fromMs && closedAtMs <= toMs).length;
  return { lastWeek: within(nowMs - WEEK_MS, Number.POSITIVE_INFINITY), weekBefore: within(nowMs - 2 * WEEK_MS, nowMs - WEEK_MS) };
};

/** As many ids, nearest to the centre first, as an event has room for. */
export const boundedIds = (ids: readonly string[]): string[] => {
  let bytes = 0;
  let count = 0;
  while (count < Math.min(ids.length, MEMBERS_MAX) && (bytes += Buffer.byteLength(ids[count] ?? '') + 3) <= MEMBERS_BYTES_MAX) count += 1;
  return ids.slice(0, count);
};
