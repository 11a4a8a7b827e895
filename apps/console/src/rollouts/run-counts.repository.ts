import type { Histogram } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { FINEST_SECONDS, type VitalsSum } from '../vitals/merge-vitals.js';
import type { CountRow } from './series.js';

const FIRST_BUCKET_SECONDS = FINEST_SECONDS;
/** Of one rollout or experiment: two hours with three arms at first, then ever longer buckets. */
export const ROWS_MAX = 3_000;
const LONGEST_BUCKET_SECONDS = 2 ** 31;

const latencyOf = ({ buckets, counts }: Histogram): string => JSON.stringify(Object.fromEntries(buckets.map((bucket, i) => [bucket, counts[i] ?? 0])));

/** Adds what was counted of an arm to the bucket of its time, however late it comes. */
export const addRunCounts = async (tx: Transaction, { rolloutId, stage, arm, version, units, requests, errors, fellBack, unsafe, latencyMs, costUsd, to }: VitalsSum): Promise<void> => {
  if (rolloutId === undefined) return;
  const second = Math.floor(Date.parse(to) / 1_000);
  // As the controller counts: a request that another version answered is an error of the version that it was assigned to.
  const failedRequests = Math.min(requests, errors + fellBack);
  const [row] = await tx.query<{ isNew: boolean }>(
    `with series as (
       insert into run_series as s (run_id, bucket_seconds, rows) values ($1, ${FIRST_BUCKET_SECONDS}, 0) on conflict (run_id) do update set rows = s.rows returning bucket_seconds
     )
     insert into run_counts as c (run_id, arm, version, stage, bucket, units, failed, requests, errors, unsafe, latency, cost_sum, cost_count)
     select $1, $2, $3, $4, floor($5::float8 / bucket_seconds)::bigint * bucket_seconds, $6, $7, $8, $9, $10, $11::jsonb, $12, $13 from series
     on conflict (run_id, bucket, stage, arm, version) do update set units = c.units + excluded.units, failed = c.failed + excluded.failed, requests = c.requests + excluded.requests,
       errors = c.errors + excluded.errors, unsafe = c.unsafe + excluded.unsafe, latency = add_counts(c.latency, excluded.latency), cost_sum = c.cost_sum + excluded.cost_sum,
       cost_count = c.cost_count + excluded.cost_count
     returning xmax = 0 as "isNew"`,
    [rolloutId, arm, version, stage, second, units.count, units.failed, requests, failedRequests, unsafe, latencyOf(latencyMs), costUsd.sum, costUsd.count],
  );
  if (!row?.isNew) return;
  const [series] = await tx.query<{ rows: number; bucketSeconds: string }>(`update run_series set rows = rows + 1 where run_id = $1 returning rows, bucket_seconds as "bucketSeconds"`, [rolloutId]);
  if (series && series.rows > ROWS_MAX) await thin(tx, rolloutId, Number(series.bucketSeconds));
};

/** Joins neighbouring buckets until half of the rows are left; no count is lost. */
const thin = async (tx: Transaction, runId: string, bucketSeconds: number): Promise<void> => {
  let width = bucketSeconds;
  let rows = ROWS_MAX;
  while (rows > ROWS_MAX / 2 && width < LONGEST_BUCKET_SECONDS) {
    width *= 2;
    const [left] = await tx.query<{ n: number }>(`select count(*)::int as n from (select distinct floor(bucket::float8 / $2), stage, arm, version from run_counts where run_id = $1) joined`, [runId, width]);
    rows = left?.n ?? 0;
  }
  await tx.query(
    `with old as (delete from run_counts where run_id = $1 returning *)
     insert into run_counts (run_id, arm, version, stage, bucket, units, failed, requests, errors, unsafe, latency, cost_sum, cost_count)
     select run_id, arm, version, stage, floor(bucket::float8 / $2)::bigint * $2::bigint as wider, sum(units), sum(failed), sum(requests), sum(errors), sum(unsafe), sum_counts(latency), sum(cost_sum), sum(cost_count)
     from old group by run_id, arm, version, stage, wider`,
    [runId, width],
  );
  await tx.query(`update run_series set bucket_seconds = $2, rows = $3 where run_id = $1`, [runId, width, rows]);
};

/** In the order of time. */
export const runCounts = async (db: Pick<Database, 'query'>, runId: string): Promise<{ rows: CountRow[]; bucketSeconds: number }> => {
  const rows = await db.query<CountRow>(
    `select arm, version, stage, (bucket * 1000)::float8 as "atMs", units::float8, failed::float8, requests::float8, errors::float8, unsafe::float8, latency, cost_sum as "costSum", cost_count::float8 as "costCount"
     from run_counts where run_id = $1 order by bucket, stage`,
    [runId],
  );
  const [series] = await db.query<{ bucketSeconds: string }>(`select bucket_seconds as "bucketSeconds" from run_series where run_id = $1`, [runId]);
  return { rows, bucketSeconds: Number(series?.bucketSeconds ?? FIRST_BUCKET_SECONDS) };
};
