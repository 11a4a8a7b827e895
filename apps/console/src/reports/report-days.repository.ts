import type { Transaction } from '@ratchet/persistence';
import type { VitalsSum } from '../vitals/merge-vitals.js';

/** Adds counts to their day (UTC), for reports. */
export const addReportDays = async (tx: Transaction, { model, workload, version, requests, errors, outcomes, failures, to }: VitalsSum): Promise<void> => {
  await tx.query(
    `insert into report_days as d values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (day, model, workload, version) do update set requests = d.requests + excluded.requests, errors = d.errors + excluded.errors, outcomes = d.outcomes + excluded.outcomes, failures = d.failures + excluded.failures`,
    [new Date(to).toISOString().slice(0, 10), model, workload, version, requests, errors, outcomes, failures],
  );
};
