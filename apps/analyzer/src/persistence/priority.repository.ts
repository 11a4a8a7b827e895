import { opportunityRanked, type FixType, type OpportunityRanked, type Signal, type Target } from '@ratchet/domain';
import type { Failure } from '../analysis/failure.js';
import type { Coverage } from '../priority/affected-users.js';
import type { PastEffort } from '../priority/effort.js';
import type { Queryable } from './queryable.js';

/** Past cycles of a fix type that effort is learned from, the newest first. */
const CYCLES_MAX = 200;

/**
 * Elapsed days of decided cycles by fix type: from an opportunity's first ranking, or the decision on its cycle before, to the decision.
 * A cycle that served several opportunities counts once, with the longest of their times, all their failures, and the review items that people decided on the target meanwhile.
 */
export const loadEfforts = async (db: Queryable): Promise<Map<FixType, PastEffort[]>> => {
  const rows = await db.query<{ fix_type: FixType; days: number; size: number; reviewedItems: number }>(
    `with served as (
       select s.cycle_id, s.fix_type, s.decided_at, o.size, o.model, o.workload, greatest(o.first_ranked_at, lag(s.decided_at) over (partition by s.opportunity_id order by s.decided_at)) as since
       from strategy_outcomes s join opportunities o using (opportunity_id)
     ), cycles as (
       select fix_type, max(decided_at) as decided_at, greatest(0, max(extract(epoch from decided_at - since)) / 86400)::float8 as days, sum(size)::int as size, min(since) as since, model, workload
       from served group by cycle_id, fix_type, model, workload
     )
     select fix_type, days, size, coalesce((select sum(r.items) from review_work r where r.model = aged.model and r.workload = aged.workload and r.ordered_at between aged.since and aged.decided_at), 0)::int as "reviewedItems"
     from (select *, row_number() over (partition by fix_type order by decided_at desc) as age from cycles) aged where age <= $1`,
    [CYCLES_MAX],
  );
  return Map.groupBy(rows, ({ fix_type }) => fix_type) satisfies Map<FixType, PastEffort[]>;
};

/** Notes how many review items an order decided; a repeat of the order changes nothing. */
export const recordReviewWork = async (tx: Queryable, { commandId, model, workload, items, orderedAt }: Target & { commandId: string; items: number; orderedAt: string }): Promise<void> => {
  await tx.query(`insert into review_work (command_id, model, workload, items, ordered_at) values ($1, $2, $3, $4, $5) on conflict (command_id) do nothing`, [commandId, model, workload, items, orderedAt]);
};

/**
 * The share of a target's failures of the window that an analysis read. Where more are stored than it may read, it is their share; where the store itself is full, older ones were
 * deleted, and the share is that of the window that the stored ones reach back.
 */
export const readCoverage = async (db: Queryable, { model, workload, read, failuresMax, windowDays }: Target & { read: number; failuresMax: number; windowDays: number }): Promise<Coverage> => {
  if (read < failuresMax) return { share: 1 };
  const [row] = await db.query<{ stored: number; days: number }>(
    `select count(*)::int as stored, coalesce(extract(epoch from now() - min(closed_at)) / 86400, 0)::float8 as days from failures where model = $1 and workload = $2 and closed_at > now() - make_interval(days => $3::int)`,
    [model, workload, windowDays],
  );
  const stored = row?.stored ?? read;
  const reachedBack = stored < failuresMax ? 1 : Math.min(1, (row?.days ?? windowDays) / windowDays);
  const share = Math.min(1, (read / Math.max(read, stored)) * reachedBack);
  return share >= 1 ? { share: 1 } : { share, reason: `only the newest ${read} failures were read, about ${Math.round(share * 100)} % of the window's` };
};

/** Targets where late evidence on ranked failures, or an outcome of any cycle, has come in since their last ranking. */
export const listTargetsToRerank = async (db: Queryable): Promise<Target[]> =>
  db.query<Target & Record<string, unknown>>(
    `select t.model, t.workload from targets t
     where exists (select 1 from opportunities o where o.model = t.model and o.workload = t.workload and o.state = 'open' and o.ranked is not null)
       and (exists (select 1 from strategy_outcomes s where s.learned_at > t.reranked_at)
         or exists (select 1 from late_evidence e join failures f using (interaction_id)
                    where e.stored_at > t.reranked_at and f.model = t.model and f.workload = t.workload and f.opportunity_id is not null))
     order by t.model, t.workload`,
  );

/** Takes the target for this transaction, so that no analysis finishes meanwhile, and notes that it was ranked. */
export const takeForReranking = async (tx: Queryable, { model, workload }: Target): Promise<void> => {
  await tx.query('update targets set reranked_at = now() where model = $1 and workload = $2', [model, workload]);
};

/** The target's open opportunities as they were published last. */
export const loadRanked = async (db: Queryable, { model, workload }: Target): Promise<OpportunityRanked[]> => {
  const rows = await db.query<{ ranked: string }>(`select ranked from opportunities where model = $1 and workload = $2 and state = 'open' and ranked is not null order by opportunity_id`, [model, workload]);
  return rows.map(({ ranked }) => opportunityRanked.schema.parse(JSON.parse(ranked)));
};

interface MemberRow {
  interaction_id: string;
  conversation_id: string;
  user_id: string | null;
  version: string;
  response: string;
  severity: number;
  signals: Signal[];
  late_signals: Signal[] | null;
  opportunity_id: string;
}

/** What priorities need of the failures that still count, by opportunity; texts are cut, requests are left out. */
export const loadMembers = async (db: Queryable, opportunityIds: readonly string[]): Promise<Map<string, Failure[]>> => {
  const rows = await db.query<MemberRow & Record<string, unknown>>(
    `select f.interaction_id, f.conversation_id, f.user_id, f.version, left(f.response, 4000) as response, f.severity, f.signals, f.opportunity_id, l.late_signals
     from failures f left join lateral (
       select jsonb_agg(jsonb_build_object('name', e.name, 'strength', e.strength, 'evidence', '{}'::jsonb)) as late_signals from late_evidence e where e.interaction_id = f.interaction_id
     ) l on true
     where f.opportunity_id = any($1::text[]) and f.resolved_by is null
       and not exists (select 1 from retired_versions r where r.model = f.model and r.workload = f.workload and r.version = f.version)`,
    [opportunityIds],
  );
  const failures = rows.map((row) => ({
    opportunityId: row.opportunity_id, interactionId: row.interaction_id, conversationId: row.conversation_id, ...(row.user_id !== null && { userId: row.user_id }), version: row.version,
    query: '', response: row.response, severity: row.severity, signals: [...row.signals, ...(row.late_signals ?? [])], reasons: [], comments: [],
  }));
  return Map.groupBy(failures, ({ opportunityId }) => opportunityId);
};
