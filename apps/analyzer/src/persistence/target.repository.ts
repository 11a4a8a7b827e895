import type { Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

export interface TargetState {
  readonly champion: string | undefined;
  /** How many analyses were finished. */
  readonly analyses: number;
}

export const ensureTarget = async (tx: Queryable, { model, workload }: Target): Promise<void> => {
  // An insert, even one that does nothing on a conflict, would wait for an analysis that writes its findings; looking first does not.
  await tx.query('insert into targets (model, workload) select $1::text, $2::text where not exists (select from targets where model = $1::text and workload = $2::text) on conflict do nothing', [model, workload]);
};

export const listTargets = async (db: Queryable): Promise<Target[]> => db.query<Target & Record<string, unknown>>('select model, workload from targets order by model, workload');

export const readTarget = async (db: Queryable, { model, workload }: Target): Promise<TargetState> => {
  const [row] = await db.query<{ champion: string | null; analyses: number }>('select champion, analyses from targets where model = $1 and workload = $2', [model, workload]);
  return { champion: row?.champion ?? undefined, analyses: row?.analyses ?? 0 };
};

/** Moves the champion; a version that serves again is no longer retired. */
export const setChampion = async (tx: Queryable, { model, workload, version }: Target & { version: string }): Promise<void> => {
  await tx.query('insert into targets (model, workload, champion) values ($1, $2, $3) on conflict (model, workload) do update set champion = excluded.champion', [model, workload, version]);
  await tx.query('delete from retired_versions where model = $1 and workload = $2 and version = $3', [model, workload, version]);
};

/** Failures of a retired version count no more: it serves nobody. */
export const retireVersion = async (tx: Queryable, { model, workload, version, reason }: Target & { version: string; reason: string }): Promise<void> => {
  await tx.query('insert into retired_versions (model, workload, version, reason) values ($1, $2, $3, $4) on conflict (model, workload, version) do update set reason = excluded.reason', [model, workload, version, reason]);
};

/** True where this analysis is the next one of its target; false where another instance finished it first. */
export const finishAnalysis = async (tx: Queryable, { model, workload, ordinal, through }: Target & { ordinal: number; through: number }): Promise<boolean> => {
  const rows = await tx.query(
    `update targets set analyses = $3, analysed_through = greatest(analysed_through, $4::bigint), analysed_at = now()
     where model = $1 and workload = $2 and analyses = $3 - 1 returning analyses`,
    [model, workload, ordinal, through],
  );
  return rows.length > 0;
};

export const recordAnalysis = async (tx: Queryable, analysis: Target & { analysisId: string; failures: number; clusters: number; opportunities: number; silhouette: number | null; durationMs: number }): Promise<void> => {
  await tx.query(
    `insert into analyses (analysis_id, model, workload, failures, clusters, opportunities, silhouette, duration_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [analysis.analysisId, analysis.model, analysis.workload, analysis.failures, analysis.clusters, analysis.opportunities, analysis.silhouette, Math.round(analysis.durationMs)],
  );
};
