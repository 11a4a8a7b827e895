import type { Status } from '@ratchet/console-api';
import type { Database } from '@ratchet/persistence';
import { boundedCount } from './loop.repository.js';

type Queries = Pick<Database, 'query'>;
type StoredStatus = Omit<Status, 'eventsSinceStart' | 'rejectedSinceStart'>;

const TARGETS_MAX = 500;
const VERSIONS_MAX = 1_000;
const ALERTS_MAX = 20;

/** The part of the status that is in the database. */
export const readStatus = async (db: Queries): Promise<StoredStatus> => {
  const [targets, versions, open, alerts] = await Promise.all([
    db.query<StoredStatus['targets'][number] & Record<string, unknown>>(`select model, workload, routing from targets order by model, workload limit ${TARGETS_MAX}`),
    db.query<StoredStatus['versions'][number] & Record<string, unknown>>(
      `select model, workload, version, sum(requests)::float8 as requests, sum(errors)::float8 as errors, sum(outcomes)::float8 as outcomes, sum(failures)::float8 as failures
       from vitals group by model, workload, version order by model, workload, version limit ${VERSIONS_MAX}`,
    ),
    boundedCount(db, 'opportunities where closed is null'),
    db.query<{ body: StoredStatus['alerts'][number] }>(`select body from alerts where resolved_at is null order by raised_at desc limit ${ALERTS_MAX}`),
  ]);
  return { targets, versions, openOpportunities: open.count, alerts: alerts.map(({ body }) => body) };
};
