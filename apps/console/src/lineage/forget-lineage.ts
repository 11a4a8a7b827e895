import type { ErasureCompleted } from '@ratchet/domain';
import type { Transaction } from '@ratchet/persistence';
import { noteChange } from '../live/change-feed.js';

type Erasure = Pick<ErasureCompleted, 'model' | 'workload' | 'exampleIds' | 'interactionIds' | 'datasetIds' | 'versions'>;

/**
 * Takes an erased user out of what is kept of datasets and verdicts: their examples, the items of verdicts that were made of these, all that versions answered
 * which had learnt from them (they may repeat it), and the texts of fixes that rest on their datasets.
 */
export const forgetLineage = async (tx: Transaction, { model, workload, exampleIds, interactionIds = [], datasetIds, versions }: Erasure): Promise<void> => {
  const target = [model, workload];
  // Pages that show it now read anew.
  noteChange(tx, 'datasets');
  noteChange(tx, 'cycles');
  await tx.query('insert into erased_examples (model, workload, example_id) select $1, $2, id from unnest($3::text[]) as id on conflict do nothing', [...target, exampleIds]);
  await tx.query('delete from dataset_examples where model = $1 and workload = $2 and example_id = any($3::text[])', [...target, exampleIds]);
  await tx.query('delete from verdict_items where model = $1 and workload = $2 and example_id = any($3::text[])', [...target, exampleIds]);
  await tx.query(`update verdict_items set body = jsonb_set(body, '{newAnswer}', 'null') where model = $1 and workload = $2 and version = any($3::text[])`, [...target, versions]);
  await tx.query(`update verdict_items set body = jsonb_set(body, '{oldAnswer}', 'null') where model = $1 and workload = $2 and base_version = any($3::text[])`, [...target, versions]);
  await tx.query(`update fixes set body = (body - 'summary') || '{"patch": {}}' where model = $1 and workload = $2 and dataset_id = any($3::text[])`, [...target, datasetIds]);
  if (interactionIds.length === 0) return;
  await tx.query(
    `update dataset_examples set body = jsonb_set(body, '{lineage,interactionIds}',
       (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(body #> '{lineage,interactionIds}') as id where id <> all($3::text[])))
     where model = $1 and workload = $2 and body #> '{lineage,interactionIds}' ?| $3::text[]`,
    [...target, interactionIds],
  );
};
