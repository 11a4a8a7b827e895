import type { FailureRates, FailureRatesQuery } from '@ratchet/console-api';
import { ranges } from '@ratchet/console-api';
import type { Database, Transaction } from '@ratchet/persistence';
import { wilsonInterval } from '@ratchet/stats';
import type { VitalsSum } from './merge-vitals.js';

type Queries = Pick<Database, 'query'>;

/** Widths of what is kept, in seconds, and for how long. */
export const grains = [
  { seconds: 60, keptSeconds: 2 * 86_400 },
  { seconds: 900, keptSeconds: 9 * 86_400 },
  { seconds: 10_800, keptSeconds: 35 * 86_400 },
  { seconds: 86_400, keptSeconds: 800 * 86_400 },
] as const;

const ALPHA = 0.05;
/** Of a chart; a target has few versions at a time. */
const ROWS_MAX = 5_000;

/** Adds counts to the time of their last record, in each width. */
export const addVitalsByTime = async (tx: Transaction, { model, workload, version, to, requests, errors, outcomes, failures }: VitalsSum): Promise<void> => {
  await tx.query(
    `insert into vitals_by_time as v (model, workload, grain_seconds, starts_at, version, requests, errors, outcomes, failures)
     select $1, $2, grain, to_timestamp(floor(extract(epoch from $4::timestamptz) / grain) * grain), $3, $5, $6, $7, $8 from unnest($9::int[]) as grain order by grain
     on conflict (model, workload, grain_seconds, starts_at, version) do update
       set requests = v.requests + excluded.requests, errors = v.errors + excluded.errors, outcomes = v.outcomes + excluded.outcomes, failures = v.failures + excluded.failures`,
    [model, workload, version, to, requests, errors, outcomes, failures, grains.map(({ seconds }) => seconds)],
  );
};

/** Removes what is older than its width is kept for. */
export const pruneVitalsByTime = async (db: Queries): Promise<void> => {
  for (const { seconds, keptSeconds } of grains) {
    await db.query(`delete from vitals_by_time where grain_seconds = $1 and starts_at < now() - make_interval(secs => $2)`, [seconds, keptSeconds]);
  }
};

interface Row {
  readonly version: string;
  readonly at: Date;
  readonly outcomes: number;
  readonly failures: number;
}

const pointOf = ({ at, outcomes, failures }: Row): FailureRates['versions'][number]['points'][number] => {
  const { lower, upper } = wilsonInterval({ successes: Math.min(failures, outcomes), n: outcomes }, ALPHA);
  return { at: at.toISOString(), outcomes, failures, rate: failures / outcomes, lower, upper };
};

/** Failure rates of a target's versions up to `nowMs`, with what was promoted and rolled back meanwhile. */
export const failureRates = async (db: Queries, { model, workload, range }: FailureRatesQuery, nowMs: number): Promise<FailureRates> => {
  const { seconds, bucket } = ranges[range];
  const [from, to] = [new Date(nowMs - seconds * 1_000), new Date(nowMs)];
  const rows = await db.query<Row>(
    `select version, starts_at as at, outcomes::float8 as outcomes, failures::float8 as failures from vitals_by_time
     where model = $1 and workload = $2 and grain_seconds = $3 and starts_at >= $4 and outcomes > 0 order by starts_at desc, version limit $5`,
    [model, workload, bucket, from, ROWS_MAX],
  );
  const marks = await db.query<{ at: Date; kind: 'promoted' | 'rolledback'; version: string; rolloutId: string }>(
    `select t.happened_at as at, t.kind, r.version, r.rollout_id as "rolloutId" from rollout_transitions t join rollouts r using (rollout_id)
     where t.kind in ('promoted', 'rolledback') and t.happened_at >= $3 and r.model = $1 and r.workload = $2 order by t.happened_at desc limit 200`,
    [model, workload, from],
  );
  const byVersion = Map.groupBy(rows.toReversed(), ({ version }) => version);
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    bucketSeconds: bucket,
    versions: [...byVersion].map(([version, of]) => ({ version, points: of.map(pointOf) })),
    marks: marks.toReversed().map((mark) => ({ ...mark, at: mark.at.toISOString() })),
  };
};
