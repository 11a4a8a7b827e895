import type { OpportunityHistory, OpportunityHistoryEntry } from '@ratchet/console-api';
import type { OpportunityClosed, OpportunityRanked } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { storable } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;

const SHOWN_MAX = 1_000;
/** Between two analyses priorities may change every minute; an entry an hour tells enough of that. */
const BETWEEN_ANALYSES_MS = 3_600_000;
const KEPT_DAYS = 400;
const PRUNED_AT_ONCE = 10_000;

interface LastRow {
  readonly entryId: string;
  readonly happenedAt: Date;
  readonly analysisId: string | null;
  readonly size: number | null;
  readonly affectedUsers: number | null;
  readonly priority: number | null;
  readonly rank: number | null;
  readonly rootCause: string | null;
}

const isAsBefore = (before: LastRow, now: OpportunityRanked): boolean =>
  before.size === now.size && before.affectedUsers === now.affectedUsers && before.priority === now.priority && before.rank === now.rank && before.rootCause === now.rootCause;

/** Writes down how it was ranked, where that says anything new. */
export const recordRanked = async (tx: Transaction, ranked: OpportunityRanked): Promise<void> => {
  const { opportunityId, analysisId, size, affectedUsers, priority, rank, rootCause, change, rankedAt } = storable(ranked);
  const [last] = await tx.query<LastRow & Record<string, unknown>>(
    `select entry_id as "entryId", happened_at as "happenedAt", analysis_id as "analysisId", size, affected_users as "affectedUsers", priority, rank, root_cause as "rootCause"
     from opportunity_history where opportunity_id = $1 order by entry_id desc limit 1`,
    [opportunityId],
  );
  const isSameAnalysis = last?.analysisId === analysisId;
  if (last && isAsBefore(last, ranked) && (isSameAnalysis || change?.kind === 'steady')) return;
  const values = [size, affectedUsers, priority, rank, rootCause];
  if (last && isSameAnalysis && Date.parse(rankedAt) - last.happenedAt.getTime() < BETWEEN_ANALYSES_MS) {
    await tx.query('update opportunity_history set size = $2, affected_users = $3, priority = $4, rank = $5, root_cause = $6 where entry_id = $1', [last.entryId, ...values]);
    return;
  }
  // An event between analyses repeats what became of the cluster at the last one.
  const became = isSameAnalysis ? undefined : change;
  await tx.query(
    `insert into opportunity_history (opportunity_id, happened_at, analysis_id, size, affected_users, priority, rank, root_cause, kind, from_ids) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb)`,
    [opportunityId, rankedAt, analysisId, ...values, became?.kind ?? null, JSON.stringify(became?.from ?? [])],
  );
};

/** Writes down that it was closed, and why. */
export const recordClosed = async (tx: Transaction, closed: OpportunityClosed): Promise<void> => {
  const { opportunityId, reason, version, closedAt } = storable(closed);
  await tx.query('insert into opportunity_history (opportunity_id, happened_at, kind, version) values ($1, $2, $3, $4)', [opportunityId, closedAt, reason === 'merged' ? 'merged_away' : reason, version ?? null]);
};

/** Undefined where the opportunity is not known. */
export const historyOf = async (db: Queries, opportunityId: string): Promise<OpportunityHistory | undefined> => {
  const rows = await db.query<Omit<OpportunityHistoryEntry, 'at'> & { readonly at: Date }>(
    `select happened_at as at, kind, size, affected_users as "affectedUsers", priority, rank, root_cause as "rootCause", from_ids as "from", version
     from opportunity_history where opportunity_id = $1 order by entry_id desc limit ${SHOWN_MAX}`,
    [opportunityId],
  );
  if (rows.length === 0 && (await db.query('select 1 from opportunities where opportunity_id = $1', [opportunityId])).length === 0) return undefined;
  return { items: rows.toReversed().map((row) => ({ ...row, at: row.at.toISOString() })) };
};

/** Forgets what is older than any chart reaches back to. */
export const pruneHistory = async (db: Queries): Promise<void> => {
  await db.query(
    `delete from opportunity_history where entry_id in (select entry_id from opportunity_history where happened_at < now() - make_interval(days => $1::int) order by happened_at limit $2)`,
    [KEPT_DAYS, PRUNED_AT_ONCE],
  );
};
