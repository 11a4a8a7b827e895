import { bundleSchema, type Bundle, type Target, type VersionPublished } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

export interface ServingVersion {
  readonly versionId: string;
  readonly bundle: Bundle;
}

export const storeVersion = async (tx: Queryable, { model, workload, versionId, ordinal, bundle }: VersionPublished): Promise<void> => {
  await tx.query('insert into published_versions (model, workload, version_id, ordinal, bundle) values ($1, $2, $3, $4, $5::jsonb) on conflict do nothing', [model, workload, versionId, ordinal, JSON.stringify(bundle)]);
};

/** Repeats and events that come out of order never bring an older champion back. */
export const setServing = async (tx: Queryable, { model, workload, versionId, since }: Target & { versionId: string; since: string }): Promise<void> => {
  await tx.query(
    `insert into serving_versions (model, workload, version_id, since) values ($1, $2, $3, $4)
     on conflict (model, workload) do update set version_id = excluded.version_id, since = excluded.since where serving_versions.since <= excluded.since`,
    [model, workload, versionId, since],
  );
};

/** The version that was promoted last, or the target's first one; undefined while neither is known. */
export const loadServing = async (db: Queryable, { model, workload }: Target): Promise<ServingVersion | undefined> => {
  const [row] = await db.query<{ version_id: string; bundle: unknown }>(
    `select v.version_id, v.bundle from published_versions v left join serving_versions s using (model, workload)
     where v.model = $1 and v.workload = $2 and (v.version_id = s.version_id or s.version_id is null) order by v.ordinal limit 1`,
    [model, workload],
  );
  return row && { versionId: row.version_id, bundle: bundleSchema.parse(row.bundle) };
};
