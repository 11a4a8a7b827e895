import type { CandidateJudged, CandidateRegistered, RoutingChanged, Target, VersionPublished } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;
type Key = Target & { readonly versionId: string };

/** Writes some columns of a version's row, whichever event of it comes first. Names of columns are ours, values are parameters. */
const write = async (tx: Transaction, { model, workload, versionId }: Key, columns: Readonly<Record<string, unknown>>): Promise<void> => {
  const names = Object.keys(columns);
  const values = names.map((_, i) => `$${i + 4}`);
  await tx.query(
    `insert into registry_versions (model, workload, version_id, ${names.join(', ')}) values ($1, $2, $3, ${values.join(', ')})
     on conflict (model, workload, version_id) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [model, workload, versionId, ...Object.values(columns)],
  );
};

export const storePublished = (tx: Transaction, { model, workload, versionId, ordinal, parentVersion, contentHash, bundle, publishedAt }: VersionPublished): Promise<void> =>
  write(tx, { model, workload, versionId }, {
    ordinal, parent_version: parentVersion ?? null, content_hash: contentHash, provider: bundle.provider.name, provider_model: bundle.provider.model, published_at: publishedAt,
  });

export const storeRegistered = (tx: Transaction, data: CandidateRegistered): Promise<void> =>
  write(tx, { ...data, versionId: data.version }, {
    cycle_id: data.cycleId, training_run_id: data.trainingRunId, dataset_ids: JSON.stringify(data.datasetIds), opportunity_ids: JSON.stringify(data.opportunityIds), fix_id: data.fixId ?? null,
    training_config: JSON.stringify(data.trainingConfig), backend: data.backend ?? null, data_hash: data.dataHash ?? null, metrics: JSON.stringify(data.metrics ?? {}), cost_usd: data.costUsd ?? null,
    training_seconds: data.trainingSeconds, registered_at: data.registeredAt,
  });

export const storeJudged = (tx: Transaction, data: CandidateJudged): Promise<void> =>
  write(tx, { ...data, versionId: data.version }, { outcome: data.outcome, gates: JSON.stringify(data.gates), judged_at: data.judgedAt });

export const storePromoted = (tx: Transaction, key: Key, promotedAt: string): Promise<void> => write(tx, key, { promoted_at: promotedAt });
export const storeRolledBack = (tx: Transaction, key: Key, rolledBackAt: string): Promise<void> => write(tx, key, { rolled_back_at: rolledBackAt });

/** The aliases of a target as its newest routing has them; an older one, or the same again, changes nothing. */
export const storeAliases = async (tx: Transaction, { model, workload, revision, champion, candidate, changedAt }: RoutingChanged): Promise<void> => {
  const newer = await tx.query(
    `insert into registry_revisions as r (model, workload, revision) values ($1, $2, $3)
     on conflict (model, workload) do update set revision = excluded.revision where excluded.revision > r.revision returning 1`,
    [model, workload, revision],
  );
  if (newer.length === 0) return;
  for (const [alias, version] of [['champion', champion], ['candidate', candidate]] as const) {
    if (version === undefined) await tx.query(`delete from registry_aliases where model = $1 and workload = $2 and alias = $3`, [model, workload, alias]);
    else {
      await tx.query(
        `insert into registry_aliases as a (model, workload, alias, version_id, revision, since) values ($1, $2, $3, $4, $5, $6)
         on conflict (model, workload, alias) do update set version_id = excluded.version_id, revision = excluded.revision,
           since = case when a.version_id = excluded.version_id then a.since else excluded.since end`,
        [model, workload, alias, version, revision, changedAt],
      );
    }
  }
};

/** How many versions each target has, by where they stand; for the metric. */
export const versionCounts = (db: Queries): Promise<{ model: string; workload: string; state: string; n: number }[]> =>
  db.query(
    `select v.model, v.workload, count(*)::int as n,
            case when a.alias is not null then a.alias when v.rolled_back_at is not null then 'rolled_back' when v.promoted_at is not null then 'former_champion' when v.outcome is not null then v.outcome else 'registered' end as state
     from registry_versions v
     left join lateral (select min(alias) as alias from registry_aliases a where a.model = v.model and a.workload = v.workload and a.version_id = v.version_id) a on true
     group by v.model, v.workload, state`,
  );
