import { periodOf, type ReportContent, type ReportKind, type Section, type Span, spanOf } from '@ratchet/console-api';
import { reviewerPairs, type ReviewDecision } from '@ratchet/domain';
import type { Database } from '@ratchet/persistence';
import { cohenKappa } from '@ratchet/stats';
import { dailySections } from './daily-report.js';
import { monthlySections } from './monthly-report.js';
import { type AlertFact, type AuditSpan, type CycleFact, type DayFact, type DeadDelivery, type DecisionFact, type ErasureFact, type OpportunityFact, type ReviewFact, ROWS_MAX, type SpendingFact } from './report-rows.js';
import { signedPeriods } from './reports.repository.js';
import { weeklySections, type WeeklyRows } from './weekly-report.js';

type Queries = Pick<Database, 'query'>;
type Row<T> = T & Record<string, unknown>;

const DAY_MS = 86_400_000;
const at = (ms: number): Date => new Date(ms);
const dayOf = (ms: number): string => at(ms).toISOString().slice(0, 10);

const decisionColumns = `cycle_id as "cycleId", model, workload, kind, actor, reason, happened_at as "happenedAt"`;
const decisions = (db: Queries, { from, to }: Span, condition: string): Promise<DecisionFact[]> =>
  db.query<Row<DecisionFact>>(`select ${decisionColumns} from decisions where (${condition}) and happened_at >= $1 and happened_at < $2 order by happened_at, decision_id limit ${ROWS_MAX}`, [at(from), at(to)]);

const overrideKinds = ['candidate.approve', 'candidate.reject', 'rollout.pause', 'rollout.resume', 'rollout.advance', 'rollout.rollback', 'automation.hold', 'automation.release', 'training.run', 'training.cancel', 'opportunity.diagnose', 'opportunity.dismiss', 'experiment.start', 'experiment.stop', 'target.adopt'];
const overrides = `kind in (${overrideKinds.map((kind) => `'${kind}'`).join(', ')})`;

const alerts = (db: Queries, { from, to }: Span): Promise<AlertFact[]> =>
  db.query<Row<AlertFact>>(
    `select name, workload, severity, body->>'message' as message, raised_at as "raisedAt", resolved_at as "resolvedAt" from (
       (select * from alerts where raised_at >= $1 and raised_at < $2 order by raised_at limit ${ROWS_MAX})
       union (select * from alerts where resolved_at >= $1 and resolved_at < $2 order by resolved_at limit ${ROWS_MAX})
       union (select * from alerts where resolved_at >= $2 and raised_at < $1 order by resolved_at limit ${ROWS_MAX})
       union (select * from alerts where resolved_at is null and raised_at < $1 order by raised_at desc limit ${ROWS_MAX})
     ) as a order by raised_at, alert_id limit ${ROWS_MAX}`,
    [at(from), at(to)],
  );

const spending = (db: Queries, month: string): Promise<SpendingFact[]> =>
  db.query<Row<SpendingFact>>(`select component, model, workload, spent_usd as "spentUsd", limit_usd as "limitUsd" from report_spending where month = $1 order by component, model, workload limit ${ROWS_MAX}`, [month]);

const daily = async (db: Queries, span: Span): Promise<Section[]> => {
  const [alertFacts, days, rollbacks, spent, dead] = await Promise.all([
    alerts(db, span),
    db.query<Row<DayFact>>(
      `select day::text as day, model, workload, '' as version, sum(requests)::float8 as requests, sum(errors)::float8 as errors, sum(outcomes)::float8 as outcomes, sum(failures)::float8 as failures
       from report_days where day >= $1::date and day <= $2::date group by day, model, workload order by model, workload, day limit ${ROWS_MAX}`,
      [dayOf(span.from - DAY_MS), dayOf(span.from)],
    ),
    decisions(db, span, `kind = 'rollback'`),
    spending(db, dayOf(span.from).slice(0, 7)),
    db.query<Row<DeadDelivery>>(
      `select webhook as receiver, type, attempts, last_error as error, last_attempt_at as "lastAttemptAt" from webhook_deliveries where state = 'gave_up' and last_attempt_at >= $1 and last_attempt_at < $2 order by delivery_id limit ${ROWS_MAX}`,
      [at(span.from), at(span.to)],
    ),
  ]);
  return dailySections({ alerts: alertFacts, days, rollbacks, spending: spent, dead }, span);
};

const cycles = (db: Queries, { from, to }: Span): Promise<CycleFact[]> =>
  db.query<Row<CycleFact>>(
    `select cycle_id as "cycleId", model, workload, state, version, facts, started_at as "startedAt", ended_at as "endedAt" from (
       (select * from cycles where started_at >= $1 and started_at < $2 order by started_at limit ${ROWS_MAX}) union all
       (select * from cycles where ended_at >= $1 and ended_at < $2 and started_at < $1 order by ended_at limit ${ROWS_MAX})
     ) as c order by started_at, cycle_id limit ${ROWS_MAX}`,
    [at(from), at(to)],
  );

const opportunities = (db: Queries, { from, to }: Span): Promise<OpportunityFact[]> =>
  db.query<Row<OpportunityFact>>(
    `select opportunity_id as "opportunityId", model, workload, root_cause as "rootCause", size, opened_at as "openedAt", closed_at as "closedAt", closed_as as "closedAs" from (
       (select * from report_opportunities where opened_at >= $1 and opened_at < $2 order by opened_at limit ${ROWS_MAX}) union
       (select * from report_opportunities where closed_at >= $1 and closed_at < $2 order by closed_at limit ${ROWS_MAX})
     ) as o order by opened_at, opportunity_id limit ${ROWS_MAX}`,
    [at(from), at(to)],
  );

/** Items of a month that are looked at. */
const REVIEWS_MAX = 20_000;

const reviewed = async (db: Queries, { from, to }: Span): Promise<Pick<WeeklyRows, 'reviews' | 'agreement'>> => {
  const rows = await db.query<{ decisions: ReviewDecision[]; needed: number }>(
    `select body->'decisions' as decisions, coalesce((body->>'reviewersNeeded')::int, 1) as needed from review_items where changed_at >= $1 and state <> 'waiting' order by changed_at limit ${REVIEWS_MAX}`,
    [at(from)],
  );
  const counts = new Map<string, ReviewFact>();
  const isWithin = ({ decidedAt }: ReviewDecision): boolean => Date.parse(decidedAt) >= from && Date.parse(decidedAt) < to;
  for (const { reviewer, decision } of rows.flatMap((row) => row.decisions.filter(isWithin))) {
    const key = `${reviewer}\n${decision}`;
    counts.set(key, { reviewer, decision, items: (counts.get(key)?.items ?? 0) + 1 });
  }
  const pairs = reviewerPairs(rows.filter((row) => row.needed > 1 && row.decisions.length > 1 && row.decisions.every(isWithin)).map((row) => ({ decisions: row.decisions, reviewersNeeded: 2 })));
  const n = pairs.bothYes + pairs.onlyFirst + pairs.onlySecond + pairs.bothNo;
  return { reviews: [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact), agreement: { n, agreed: pairs.bothYes + pairs.bothNo, kappa: cohenKappa(pairs)?.kappa ?? null } };
};

const weeklyRows = async (db: Queries, span: Span): Promise<WeeklyRows> => {
  const [cycleFacts, ordered, found, { reviews, agreement }] = await Promise.all([cycles(db, span), decisions(db, span, overrides), opportunities(db, span), reviewed(db, span)]);
  return { cycles: cycleFacts, overrides: ordered, opportunities: found, reviews, agreement };
};

const auditSpan = async (db: Queries, { from, to }: Span): Promise<AuditSpan> => {
  const [row] = await db.query<Row<AuditSpan>>(
    `with records as (
       select r.sequence, r.hash, r.previous_hash, (select p.hash from audit_records as p where p.sequence = r.sequence - 1) as before from audit_records as r where recorded_at >= $1 and recorded_at < $2
     )
     select count(*)::int as records, min(sequence)::float8 as "firstSequence", max(sequence)::float8 as "lastSequence", (array_agg(hash order by sequence desc))[1] as head,
       count(*) filter (where sequence > 1 and previous_hash is distinct from before)::int as "brokenLinks" from records`,
    [at(from), at(to)],
  );
  return row ?? { records: 0, firstSequence: null, lastSequence: null, head: null, brokenLinks: 0 };
};

/** Days and weeks that began in the month and have ended. */
const unsigned = async (db: Queries, { from, to }: Span): Promise<{ kind: string; period: string }[]> => {
  const found: { kind: string; period: string }[] = [];
  for (const kind of ['daily', 'weekly'] as const) {
    const periods = new Set<string>();
    for (let ms = from; ms < to; ms += DAY_MS) if ((spanOf(kind, periodOf(kind, ms))?.from ?? 0) >= from) periods.add(periodOf(kind, ms));
    const signed = await signedPeriods(db, kind, [...periods]);
    found.push(...[...periods].filter((period) => !signed.has(period)).map((period) => ({ kind, period })));
  }
  return found;
};

const monthly = async (db: Queries, span: Span): Promise<Section[]> => {
  const [weekly, days, promotions, spent, access, erasures, audit, missing] = await Promise.all([
    weeklyRows(db, span),
    db.query<Row<DayFact>>(
      `select model, workload, sum(requests)::float8 as requests, sum(errors)::float8 as errors, sum(outcomes)::float8 as outcomes, sum(failures)::float8 as failures from report_days where day >= $1::date and day < $2::date group by model, workload limit ${ROWS_MAX}`,
      [dayOf(span.from), dayOf(span.to)],
    ),
    decisions(db, span, `kind in ('promotion', 'rollback')`),
    spending(db, dayOf(span.from).slice(0, 7)),
    decisions(db, span, `kind like 'access.%'`),
    db.query<Row<ErasureFact>>(`select erasure_id as "erasureId", model, workload, coalesce(body->'removed', '{}') as removed, completed_at as "completedAt" from erasures where completed_at >= $1 and completed_at < $2 order by completed_at limit ${ROWS_MAX}`, [at(span.from), at(span.to)]),
    auditSpan(db, span),
    unsigned(db, span),
  ]);
  return monthlySections({ ...weekly, days, promotions, spending: spent, access, erasures, audit, unsigned: missing }, span);
};

/** A report as the facts are now. */
export const presentContent = async (db: Queries, kind: ReportKind, period: string, span: Span): Promise<ReportContent> => {
  const sections = kind === 'daily' ? await daily(db, span) : kind === 'weekly' ? weeklySections(await weeklyRows(db, span), span) : await monthly(db, span);
  return { kind, period, from: at(span.from).toISOString(), to: at(span.to).toISOString(), sections };
};
