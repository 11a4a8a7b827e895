import type { Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

/** Ids of the user's interactions on a target, also of those whose failures have been forgotten. */
export const interactionsOf = async (db: Queryable, { model, workload, userId, userHash }: Target & { userId: string; userHash: string }): Promise<string[]> => {
  const rows = await db.query<{ id: string }>(
    `select f.interaction_id as id from failures f left join corrections c using (interaction_id) where f.model = $1 and f.workload = $2 and coalesce(f.user_id, c.user_id) = $3
     union select c.interaction_id from corrections c where c.user_id = $3 and not exists (select 1 from failures f where f.interaction_id = c.interaction_id and (f.model, f.workload) <> ($1, $2))
     union select s.interaction_id from example_sources s where s.user_hash = $4 and s.example_id in (
       select example_id from issued_examples where model = $1 and workload = $2 union select example_id from review_items where model = $1 and workload = $2)`,
    [model, workload, userId, userHash],
  );
  return rows.map(({ id }) => id);
};

export interface RestingRow {
  readonly exampleId: string;
  readonly source: string;
  readonly answerKey: string;
  /** Undefined for what only waits, or was decided without being issued. */
  readonly datasetId: string | null;
  readonly sources: readonly { readonly userHash: string | null; readonly isRequest: boolean; readonly isAnswer: boolean }[];
}

/** Issued examples and review items that rest on the interactions, or on an answer that the user agreed to. */
export const restingOn = async (db: Queryable, { model, workload, interactionIds, answerHashes }: Target & { interactionIds: readonly string[]; answerHashes: readonly string[] }): Promise<RestingRow[]> =>
  db.query<RestingRow & Record<string, unknown>>(
    `with present as (
       select example_id, source, answer_key, dataset_id from issued_examples where model = $1 and workload = $2
       union all
       select example_id, case when state = 'approved' and jsonb_array_length(decisions) > 0 then 'reviewer' else source end, coalesce(approved_output, output), null
       from review_items r where model = $1 and workload = $2 and not exists (select 1 from issued_examples i where i.example_id = r.example_id)
     )
     select p.example_id as "exampleId", p.source, p.answer_key as "answerKey", p.dataset_id as "datasetId",
       coalesce((select jsonb_agg(jsonb_build_object('userHash', s.user_hash, 'isRequest', s.is_request, 'isAnswer', s.is_answer)) from example_sources s where s.example_id = p.example_id), '[]') as sources
     from present p
     where p.example_id in (select example_id from example_sources where interaction_id = any($3::text[]))
       or p.example_id in (select example_id from review_items where model = $1 and workload = $2 and interaction_ids ?| $3::text[])
       or encode(sha256(convert_to(p.answer_key, 'UTF8')), 'hex') = any($4::text[])
     order by p.example_id`,
    [model, workload, interactionIds, answerHashes],
  );

export interface Voices {
  readonly before: number;
  readonly after: number;
}

/** How many users agree on each answer that the user agreed to, with and without them. */
export const voicesWith = async (db: Queryable, { model, workload, userHash }: Target & { userHash: string }): Promise<Map<string, Voices>> => {
  const rows = await db.query<{ answer_hash: string; before: number }>(
    `select answer_hash, count(*)::int as before from answer_voices where model = $1 and workload = $2
       and answer_hash in (select answer_hash from answer_voices where model = $1 and workload = $2 and user_hash = $3) group by answer_hash`,
    [model, workload, userHash],
  );
  return new Map(rows.map(({ answer_hash, before }) => [answer_hash, { before, after: before - 1 }]));
};

const removed = async (tx: Queryable, sql: string, parameters: readonly unknown[]): Promise<number> => (await tx.query(`${sql} returning 1`, parameters)).length;

/** Removes what is the user's own, and what no longer stands without them. Gives how many rows of each kind. */
export const removeUser = async (tx: Queryable, { model, workload, userId, userHash, interactionIds, gone }: Target & { userId: string; userHash: string; interactionIds: readonly string[]; gone: readonly string[] }): Promise<Record<string, number>> => {
  const target = [model, workload];
  const counts = {
    corrections: await removed(tx, 'delete from corrections where interaction_id = any($1::text[])', [interactionIds]),
    failures: await removed(tx, 'delete from failures where model = $1 and workload = $2 and (interaction_id = any($3::text[]) or user_id = $4)', [...target, interactionIds, userId]),
    comments: await removed(tx, 'delete from failure_comments where interaction_id = any($1::text[]) or user_id = $2', [interactionIds, userId]),
    traffic: await removed(tx, 'delete from traffic where model = $1 and workload = $2 and user_id = $3', [...target, userId]),
    examples: await removed(tx, 'delete from issued_examples where example_id = any($1::text[])', [gone]),
    // What no example names may be anything's: it is asked again where it is needed.
    teacher_results: await removed(
      tx,
      `delete from teacher_results t where not exists (select 1 from teacher_call_examples c where c.content_hash = t.content_hash)
         or exists (select 1 from teacher_call_examples c where c.content_hash = t.content_hash
           and (c.example_id = any($1::text[]) or c.example_id in (select example_id from example_sources where interaction_id = any($2::text[]))))`,
      [gone, interactionIds],
    ),
  };
  await tx.query('delete from example_sources where example_id = any($1::text[]) or interaction_id = any($2::text[])', [gone, interactionIds]);
  await tx.query('delete from answer_voices where model = $1 and workload = $2 and user_hash = $3', [...target, userHash]);
  await tx.query(
    `update opportunities set root_cause_reason = case when representative_ids ?| $3::text[] then '' else root_cause_reason end,
       common_patterns = '[]',
       representative_ids = (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(representative_ids) as id where id <> all($3::text[])),
       interaction_ids = (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(interaction_ids) as id where id <> all($3::text[]))
     where model = $1 and workload = $2 and interaction_ids ?| $3::text[]`,
    [...target, interactionIds],
  );
  return counts;
};

/** Which datasets held examples that are gone, and which versions were trained on those. */
export const versionsTrainedOn = async (db: Queryable, datasetIds: readonly string[]): Promise<string[]> => {
  const rows = await db.query<{ version_id: string }>('select distinct version_id from dataset_versions where dataset_id = any($1::text[]) order by version_id', [datasetIds]);
  return rows.map(({ version_id }) => version_id);
};

export const recordErasure = async (tx: Queryable, { erasureId, model, workload, userHash, erasedAt }: Target & { erasureId: string; userHash: string; erasedAt: string }): Promise<boolean> => {
  const rows = await tx.query('insert into erasures (erasure_id, model, workload, user_hash, erased_at) values ($1, $2, $3, $4, $5) on conflict (erasure_id) do nothing returning erasure_id', [erasureId, model, workload, userHash, erasedAt]);
  return rows.length > 0;
};

/** Whether what happened then is from before the user's erasure, and comes late. */
export const isErased = async (db: Queryable, { model, workload, userHash, at }: Target & { userHash: string; at: string }): Promise<boolean> =>
  (await db.query('select 1 from erasures where user_hash = $1 and model = $2 and workload = $3 and erased_at >= $4 limit 1', [userHash, model, workload, at])).length > 0;
