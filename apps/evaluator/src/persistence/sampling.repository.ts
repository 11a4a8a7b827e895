import { Injectable } from '@nestjs/common';
import type { VitalsCounted } from '@ratchet/domain';
import type { StratumRate } from '../quality/sampling/sampling-rates.js';
import type { Stratum } from '../quality/sampling/sample.js';
import type { Queryable } from './queryable.js';

/** A stratum with its traffic of the last hour. */
export interface CountedStratum extends Stratum {
  readonly requests: number;
  readonly firstSeenAt: Date;
}

const columns = 'model, workload, version_id, arm';
const named = 'model, workload, version_id as version, arm';

/** Exact counts of traffic, and the rates that follow from them: shared by all instances. */
@Injectable()
export class SamplingRepository {
  /** By the time at which it is heard of: rates act on what comes next, not on when it says it happened. */
  async count(tx: Queryable, { model, workload, version, arm, requests }: VitalsCounted): Promise<void> {
    if (requests === 0) return;
    await tx.query(
      `insert into sampling_counts (${columns}, bucket, requests) values ($1, $2, $3, $4, date_bin('5 minutes', now(), 'epoch'), $5)
       on conflict (${columns}, bucket) do update set requests = sampling_counts.requests + excluded.requests`,
      [model, workload, version, arm, requests],
    );
  }

  async countedStrata(db: Queryable): Promise<CountedStratum[]> {
    return db.query<CountedStratum & Record<string, unknown>>(
      `select c.model, c.workload, c.version_id as version, c.arm, sum(c.requests)::float8 as requests, coalesce(min(r.first_seen_at), min(c.bucket)) as "firstSeenAt"
         from sampling_counts c left join sampling_rates r using (${columns})
        where c.bucket > now() - interval '1 hour' group by 1, 2, 3, 4`,
    );
  }

  async saveRates(db: Queryable, rows: readonly (StratumRate & { perHour: number; firstSeenAt: Date })[]): Promise<void> {
    await db.query(
      `insert into sampling_rates (${columns}, first_seen_at, per_hour, rate, boosts, updated_at)
       select model, workload, version, arm, "firstSeenAt", "perHour", rate, boosts, now()
         from jsonb_to_recordset($1::jsonb) as r(model text, workload text, version text, arm text, "firstSeenAt" timestamptz, "perHour" float8, rate float8, boosts jsonb)
       on conflict (${columns}) do update set per_hour = excluded.per_hour, rate = excluded.rate, boosts = excluded.boosts, updated_at = excluded.updated_at`,
      [JSON.stringify(rows)],
    );
  }

  async rates(db: Queryable): Promise<(StratumRate & { perHour: number })[]> {
    return db.query<StratumRate & { perHour: number } & Record<string, unknown>>(`select ${named}, rate, boosts, per_hour as "perHour" from sampling_rates order by ${columns}`);
  }

  async prune(db: Queryable): Promise<void> {
    await db.query(`delete from sampling_counts where bucket < now() - interval '1 day'`);
    // A stratum that comes back after so long is looked at closely again.
    await db.query(`delete from sampling_rates where updated_at < now() - interval '7 days'`);
  }
}
