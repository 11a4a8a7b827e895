import { normalizeAnswer, type Example, type Target } from '@ratchet/domain';
import type { Queryable } from './queryable.js';

const ROWS_PER_STATEMENT = 500;

export interface IssuedExamples {
  /** Answer keys by normalised request. */
  readonly byInput: ReadonlyMap<string, ReadonlySet<string>>;
  /** The answers as they were spelt. */
  readonly outputs: readonly string[];
}

export const loadIssued = async (db: Queryable, { model, workload }: Target): Promise<IssuedExamples> => {
  const rows = await db.query<{ input_key: string; answer_key: string; output: string }>('select input_key, answer_key, output from issued_examples where model = $1 and workload = $2', [model, workload]);
  const byInput = new Map<string, Set<string>>();
  for (const { input_key, answer_key } of rows) byInput.set(input_key, (byInput.get(input_key) ?? new Set()).add(answer_key));
  return { byInput, outputs: rows.map(({ output }) => output) };
};

/** Returns how many were new: fewer than given means that another run issued some meanwhile. */
export const recordIssued = async (tx: Queryable, { model, workload, datasetId, examples }: Target & { datasetId: string; examples: readonly Example[] }): Promise<number> => {
  let issued = 0;
  for (let start = 0; start < examples.length; start += ROWS_PER_STATEMENT) {
    const rows = examples.slice(start, start + ROWS_PER_STATEMENT);
    const inserted = await tx.query(
      `insert into issued_examples (example_id, model, workload, input_key, answer_key, output, source, dataset_id)
       select example_id, $1, $2, input_key, answer_key, output, source, $3 from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) as t(example_id, input_key, answer_key, output, source)
       on conflict (example_id) do nothing returning example_id`,
      [
        model, workload, datasetId, rows.map(({ exampleId }) => exampleId), rows.map(({ input }) => normalizeAnswer(input)), rows.map(({ output }) => normalizeAnswer(output)),
        rows.map(({ output }) => output), rows.map(({ source }) => source),
      ],
    );
    issued += inserted.length;
  }
  return issued;
};

export const recordDataset = async (tx: Queryable, { model, workload, datasetId, contentHash, trainCount, testCount, previousDatasetId }: Target & { datasetId: string; contentHash: string; trainCount: number; testCount: number; previousDatasetId: string | undefined }): Promise<void> => {
  await tx.query('insert into datasets (dataset_id, model, workload, content_hash, train_count, test_count, previous_dataset_id) values ($1, $2, $3, $4, $5, $6, $7)', [datasetId, model, workload, contentHash, trainCount, testCount, previousDatasetId ?? null]);
};
