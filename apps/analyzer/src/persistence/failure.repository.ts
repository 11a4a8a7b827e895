import type { InteractionFailed, Signal, SignalDetected, Target, FeedbackReason } from '@ratchet/domain';
import type { Failure } from '../analysis/failure.js';
import type { Queryable } from './queryable.js';

interface FailureRow {
  interaction_id: string;
  conversation_id: string;
  user_id: string | null;
  version: string;
  query: string;
  response: string;
  severity: number;
  signals: Signal[];
  reasons: FeedbackReason[];
  comment: string | null;
  correction: string | null;
  opportunity_id: string | null;
  attributes: Record<string, string | number | boolean>;
  closed_ms: number;
  late_signals: Signal[] | null;
  late_reasons: FeedbackReason[][] | null;
  late_comments: string[] | null;
  late_correction: string | null;
}

/** Late evidence and the failure of its interaction, joined: what people said last counts. */
const asFailure = (row: FailureRow): Failure => {
  const correction = row.late_correction ?? row.correction ?? undefined;
  return {
    interactionId: row.interaction_id,
    conversationId: row.conversation_id,
    ...(row.user_id !== null && { userId: row.user_id }),
    version: row.version,
    query: row.query,
    response: row.response,
    severity: row.severity,
    signals: [...row.signals, ...(row.late_signals ?? [])],
    reasons: [...new Set([...row.reasons, ...(row.late_reasons ?? []).flat()])],
    comments: [...(row.comment === null ? [] : [row.comment]), ...(row.late_comments ?? [])],
    ...(correction !== undefined && { correction }),
    ...(row.opportunity_id !== null && { opportunityId: row.opportunity_id }),
    ...(Object.keys(row.attributes).length > 0 && { attributes: row.attributes }),
    closedAtMs: row.closed_ms,
  };
};

/** Failures that count: not resolved by a promotion, and of no version that has left the target. */
const COUNTS = `f.model = $1 and f.workload = $2 and f.resolved_by is null
  and not exists (select 1 from retired_versions r where r.model = f.model and r.workload = f.workload and r.version = f.version)`;

export const storeFailure = async (tx: Queryable, failed: InteractionFailed): Promise<boolean> => {
  const rows = await tx.query(
    `insert into failures (interaction_id, model, workload, version, conversation_id, user_id, query, response, probability, severity, signals, reasons, comment, correction, started_at, closed_at, attributes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12::jsonb, $13, $14, $15, $16, $17::jsonb)
     on conflict (interaction_id) do nothing returning interaction_id`,
    [
      failed.interactionId, failed.model, failed.workload, failed.version, failed.conversationId, failed.userId ?? null, failed.query, failed.response,
      failed.probability, failed.severity, JSON.stringify(failed.signals), JSON.stringify(failed.reasons ?? []), failed.comment ?? null, failed.correction ?? null,
      failed.startedAt, failed.closedAt, JSON.stringify(failed.attributes ?? {}),
    ],
  );
  return rows.length > 0;
};

export const storeLateEvidence = async (tx: Queryable, signal: SignalDetected): Promise<void> => {
  await tx.query(
    `insert into late_evidence (signal_id, interaction_id, name, strength, evidence, reasons, comment, correction, detected_at)
     values ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9) on conflict (signal_id) do nothing`,
    [
      signal.signalId, signal.interactionId, signal.name, signal.strength, JSON.stringify(signal.evidence), JSON.stringify(signal.reasons ?? []),
      signal.comment ?? null, signal.correction ?? null, signal.detectedAt,
    ],
  );
};

/** Read at once: so many rows take the main thread some tens of milliseconds. */
const PAGE = 2_000;
const BEYOND_ALL = Number.MAX_SAFE_INTEGER;

/** The newest failures that count, oldest first, and the highest sequence number among them. They are read page by page, so that the consumer has its turns. */
export const loadFailures = async (db: Queryable, { model, workload, failuresMax, windowDays }: Target & { failuresMax: number; windowDays: number }): Promise<{ failures: Failure[]; through: number }> => {
  const newestFirst: Failure[] = [];
  let through = 0;
  let before = BEYOND_ALL;
  while (newestFirst.length < failuresMax) {
    const limit = Math.min(PAGE, failuresMax - newestFirst.length);
    const rows = await db.query<FailureRow & { sequence: number }>(PAGE_OF_FAILURES, [model, workload, limit, windowDays, before]);
    for (const row of rows) newestFirst.push(asFailure(row));
    through = Math.max(through, rows[0]?.sequence ?? 0);
    before = rows.at(-1)?.sequence ?? 0;
    if (rows.length < limit) break;
  }
  return { failures: newestFirst.reverse(), through };
};

const PAGE_OF_FAILURES = `
  with chosen as (
    select f.* from failures f where ${COUNTS} and f.closed_at > now() - make_interval(days => $4::int) and f.sequence < $5::bigint order by f.sequence desc limit $3
  )
  select c.sequence::float8 as sequence, c.interaction_id, c.conversation_id, c.user_id, c.version, c.query, c.response, c.severity, c.signals, c.reasons,
    c.comment, c.correction, c.opportunity_id, c.attributes, (extract(epoch from c.closed_at) * 1000)::float8 as closed_ms, l.late_signals, l.late_reasons, l.late_comments, l.late_correction
  from chosen c left join lateral (
    select jsonb_agg(jsonb_build_object('name', e.name, 'strength', e.strength, 'evidence', e.evidence)) as late_signals,
      jsonb_agg(e.reasons) as late_reasons,
      jsonb_agg(e.comment) filter (where e.comment is not null) as late_comments,
      (array_agg(e.correction order by e.detected_at desc) filter (where e.correction is not null))[1] as late_correction
    from late_evidence e where e.interaction_id = c.interaction_id
  ) l on true
  order by c.sequence desc`;

const IS_NEW = `f.sequence > t.analysed_through and f.resolved_by is null
  and not exists (select 1 from retired_versions r where r.model = f.model and r.workload = f.workload and r.version = f.version)`;

/** Failures of a target that count and that its last analysis had not seen. */
export const countNewFailures = async (db: Queryable, { model, workload }: Target): Promise<number> => {
  const [row] = await db.query<{ failures: number }>(`select count(*)::int as failures from failures f join targets t using (model, workload) where f.model = $1 and f.workload = $2 and ${IS_NEW}`, [model, workload]);
  return row?.failures ?? 0;
};

/** The targets with at least so many of them. */
export const listTargetsWithNews = async (db: Queryable, newFailuresMin: number): Promise<Target[]> =>
  db.query<Target & Record<string, unknown>>(`select model, workload from failures f join targets t using (model, workload) where ${IS_NEW} group by model, workload having count(*) >= $1`, [newFailuresMin]);

/** Rows changed by one statement. */
const ASSIGNED_AT_ONCE = 10_000;

/** Which opportunity each failure belongs to, as the analysis just found; failures in no opportunity lose theirs. */
export const assignOpportunities = async (tx: Queryable, { interactionIds, opportunityIds }: { interactionIds: readonly string[]; opportunityIds: readonly (string | null)[] }): Promise<void> => {
  for (let start = 0; start < interactionIds.length; start += ASSIGNED_AT_ONCE) {
    await tx.query(
      `update failures f set opportunity_id = n.opportunity_id from unnest($1::text[], $2::text[]) as n(interaction_id, opportunity_id)
       where f.interaction_id = n.interaction_id and f.opportunity_id is distinct from n.opportunity_id`,
      [interactionIds.slice(start, start + ASSIGNED_AT_ONCE), opportunityIds.slice(start, start + ASSIGNED_AT_ONCE)],
    );
  }
};

export const resolveFailures = async (tx: Queryable, { opportunityIds, version }: { opportunityIds: readonly string[]; version: string }): Promise<number> => {
  const rows = await tx.query(`update failures set resolved_by = $2 where opportunity_id = any($1::text[]) and resolved_by is null returning interaction_id`, [opportunityIds, version]);
  return rows.length;
};

/** A version that was taken back fixed nothing after all. */
export const reopenFailures = async (tx: Queryable, { model, workload, version }: Target & { version: string }): Promise<void> => {
  await tx.query(`update failures set resolved_by = null where model = $1 and workload = $2 and resolved_by = $3`, [model, workload, version]);
};

/** Keeps the newest failures of each target, and late evidence, within their limits. */
export const pruneFailures = async (db: Queryable, { failuresMax, windowDays }: { failuresMax: number; windowDays: number }): Promise<number> => {
  const gone = await db.query(
    `delete from failures where closed_at < now() - make_interval(days => $2::int) or sequence in (
       select sequence from (select sequence, row_number() over (partition by model, workload order by sequence desc) as n from failures) ranked where n > $1
     ) returning interaction_id`,
    [failuresMax, windowDays],
  );
  await db.query(`delete from late_evidence where detected_at < now() - interval '30 days'`);
  return gone.length;
};
