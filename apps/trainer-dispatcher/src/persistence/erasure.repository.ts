import type { Target } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'> | Transaction;

/** Removes examples; of those that a cycle has taken, a row without any text stays, so that the cycle still knows its datasets. Gives how many. */
export const dropExamples = async (tx: Queries, { model, workload }: Target, exampleIds: readonly string[]): Promise<number> => {
  if (exampleIds.length === 0) return 0;
  // What a run has said of them.
  await tx.query('delete from training_logs where cycle_id in (select cycle_id from examples where model = $1 and workload = $2 and example_id = any($3::text[]))', [model, workload, exampleIds]);
  const taken = await tx.query(
    `update examples set example_id = 'dropped:' || cycle_id || ':' || example_id, split = 'dropped', body = '{}'
     where model = $1 and workload = $2 and example_id = any($3::text[]) and cycle_id is not null returning 1`,
    [model, workload, exampleIds],
  );
  const free = await tx.query('delete from examples where model = $1 and workload = $2 and example_id = any($3::text[]) returning 1', [model, workload, exampleIds]);
  return taken.length + free.length;
};

/** Takes interactions out of the lineage of examples that stay. */
export const forgetInteractions = async (tx: Queries, { model, workload }: Target, interactionIds: readonly string[]): Promise<void> => {
  if (interactionIds.length === 0) return;
  await tx.query(
    `update examples set body = jsonb_set(body, '{lineage,interactionIds}',
       (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(body #> '{lineage,interactionIds}') as id where id <> all($3::text[])))
     where model = $1 and workload = $2 and body #> '{lineage,interactionIds}' ?| $3::text[]`,
    [model, workload, interactionIds],
  );
};
