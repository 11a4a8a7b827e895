import type { ClusterChange, OpportunityRanked } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

/** What happened to a weakness, one row an analysis, and one for each time it was closed or opened again. */
export interface HistoryEntry {
  readonly kind: ClusterChange['kind'] | 'fixed' | 'faded' | 'merged_away' | 'reopened';
  readonly recordedBy: string;
  readonly from: readonly string[];
  readonly size: number;
  readonly previousSize: number | null;
  readonly affectedUsers: number | null;
  readonly priority: number;
  readonly rank: number | null;
}

type Ranked = Pick<OpportunityRanked, 'opportunityId' | 'analysisId' | 'size' | 'affectedUsers' | 'priority' | 'rank' | 'change'>;

/** Writes down how an analysis found each opportunity; one that came back is open again. */
export const recordHistory = async (tx: Queryable, ranked: readonly Ranked[]): Promise<void> => {
  const rows = ranked.map(({ opportunityId, analysisId, size, affectedUsers, priority, rank, change }) => ({
    opportunity_id: opportunityId, recorded_by: analysisId, kind: change?.kind ?? 'new', from_ids: change?.from ?? [], size, previous_size: change?.previousSize ?? null, affected_users: affectedUsers, priority, rank,
  }));
  await tx.query(
    `insert into opportunity_history (opportunity_id, recorded_by, kind, from_ids, size, previous_size, affected_users, priority, rank)
     select opportunity_id, recorded_by, kind, from_ids, size, previous_size, affected_users, priority, rank
     from jsonb_to_recordset($1::jsonb) as r(opportunity_id text, recorded_by text, kind text, from_ids jsonb, size integer, previous_size integer, affected_users integer, priority double precision, rank integer)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  const back = ranked.filter(({ change }) => change?.kind === 'came_back').map(({ opportunityId }) => opportunityId);
  if (back.length > 0) await tx.query(`update opportunities set state = 'open', closed_at = null, closed_by = null, missed_analyses = 0 where opportunity_id = any($1::text[])`, [back]);
};

/** Oldest first. */
export const loadHistory = async (db: Queryable, opportunityId: string): Promise<HistoryEntry[]> =>
  db.query<HistoryEntry & Record<string, unknown>>(
    `select kind, recorded_by as "recordedBy", from_ids as "from", size, previous_size as "previousSize", affected_users as "affectedUsers", priority, rank
     from opportunity_history where opportunity_id = $1 order by recorded_at, kind`,
    [opportunityId],
  );
