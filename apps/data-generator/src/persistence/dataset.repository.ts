import { storableJson } from '@ratchet/persistence';
import type { Target } from '@ratchet/domain';
import type { ExampleSourceRow } from '../datasets/example-sources.js';
import type { Queryable } from './queryable.js';

const ROWS_PER_STATEMENT = 5_000;

/** Issuing and erasing take turns on a target, so that nothing is issued of a user who is being erased. */
export const lockDatasets = async (tx: Queryable, { model, workload }: Target): Promise<void> => {
  await tx.query(`select pg_advisory_xact_lock(hashtext('data-generator.datasets'), hashtext($1))`, [JSON.stringify([model, workload])]);
};

/** How far the erasures of a target have come: a run compares it with what it saw when it read its material. */
export const erasureMark = async (db: Queryable, { model, workload }: Target): Promise<number> => {
  const [row] = await db.query<{ mark: number }>('select coalesce(max(sequence), 0)::float8 as mark from erasures where model = $1 and workload = $2', [model, workload]);
  return row?.mark ?? 0;
};

export const latestDataset = async (db: Queryable, { model, workload }: Target): Promise<string | undefined> => {
  const [row] = await db.query<{ dataset_id: string }>('select dataset_id from datasets where model = $1 and workload = $2 order by sequence desc limit 1', [model, workload]);
  return row?.dataset_id;
};

export const datasetExists = async (db: Queryable, datasetId: string): Promise<boolean> => (await db.query('select 1 from datasets where dataset_id = $1', [datasetId])).length > 0;

export const loadSplits = async (db: Queryable, exampleIds: readonly string[]): Promise<Map<string, 'train' | 'test'>> => {
  const rows = await db.query<{ example_id: string; split: 'train' | 'test' }>('select example_id, split from example_splits where example_id = any($1::text[])', [exampleIds]);
  return new Map(rows.map(({ example_id, split }) => [example_id, split]));
};

export const recordSplits = async (tx: Queryable, examples: readonly { exampleId: string; split: string }[]): Promise<void> => {
  await tx.query('insert into example_splits (example_id, split) select * from unnest($1::text[], $2::text[]) on conflict do nothing', [examples.map(({ exampleId }) => exampleId), examples.map(({ split }) => split)]);
};

export const recordSources = async (tx: Queryable, rows: readonly ExampleSourceRow[]): Promise<void> => {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) await insertSources(tx, rows.slice(start, start + ROWS_PER_STATEMENT));
};

const insertSources = async (tx: Queryable, rows: readonly ExampleSourceRow[]): Promise<void> => {
  await tx.query(
    `insert into example_sources (example_id, interaction_id, user_hash, is_request, is_answer)
     select "exampleId", "interactionId", "userHash", "isRequest", "isAnswer"
     from jsonb_to_recordset($1::jsonb) as t("exampleId" text, "interactionId" text, "userHash" text, "isRequest" boolean, "isAnswer" boolean)
     on conflict (example_id, interaction_id) do update set user_hash = coalesce(excluded.user_hash, example_sources.user_hash), is_answer = excluded.is_answer`,
    [storableJson(rows)],
  );
};

export const recordVoices = async (tx: Queryable, { model, workload, voices }: Target & { voices: readonly { answerHash: string; userHash: string }[] }): Promise<void> => {
  await tx.query('insert into answer_voices (model, workload, answer_hash, user_hash) select $1, $2, a, u from unnest($3::text[], $4::text[]) as t(a, u) on conflict do nothing', [
    model, workload, voices.map(({ answerHash }) => answerHash), voices.map(({ userHash }) => userHash),
  ]);
};

export const recordTeacherCalls = async (tx: Queryable, calls: readonly { exampleId: string; contentHash: string }[]): Promise<void> => {
  await tx.query('insert into teacher_call_examples (content_hash, example_id) select * from unnest($1::text[], $2::text[]) on conflict do nothing', [calls.map(({ contentHash }) => contentHash), calls.map(({ exampleId }) => exampleId)]);
};

/** Which versions were trained on which datasets. */
export const recordVersion = async (tx: Queryable, { datasetIds, version, cycleId }: { datasetIds: readonly string[]; version: string; cycleId: string }): Promise<void> => {
  await tx.query('insert into dataset_versions (dataset_id, version_id, cycle_id) select unnest($1::text[]), $2, $3 on conflict do nothing', [datasetIds, version, cycleId]);
};

/** Results that came while an erased user's texts were still in a run's hands. */
export const forgetResultsSince = async (db: Queryable, since: Date): Promise<void> => {
  await db.query('delete from teacher_results where created_at >= $1', [since]);
};
