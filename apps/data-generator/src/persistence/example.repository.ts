import { normalizeAnswer, type Example, type Target } from '@ratchet/domain';
import type { IssuedText } from '../filters/leakage.js';
import { isGenerated } from '../generation/candidate.js';
import type { Queryable } from './queryable.js';

const ROWS_PER_STATEMENT = 500;

export interface IssuedExamples {
  /** Answer keys by normalised request. */
  readonly byInput: ReadonlyMap<string, ReadonlySet<string>>;
  /** The answers as they were spelt. */
  readonly outputs: readonly string[];
  /** What trained and what tested, in all datasets. */
  readonly texts: readonly IssuedText[];
  readonly byOpportunity: ReadonlyMap<string, { readonly all: number; readonly curriculum: number }>;
}

interface IssuedRow {
  input_key: string;
  answer_key: string;
  output: string;
  source: string;
  input: string | null;
  split: 'train' | 'test' | null;
  generated: boolean;
  opportunity_id: string | null;
}

export const loadIssued = async (db: Queryable, { model, workload }: Target): Promise<IssuedExamples> => {
  const rows = await db.query<IssuedRow & Record<string, unknown>>(
    'select input_key, answer_key, output, source, input, split, generated, opportunity_id from issued_examples where model = $1 and workload = $2',
    [model, workload],
  );
  const byInput = new Map<string, Set<string>>();
  const byOpportunity = new Map<string, { all: number; curriculum: number }>();
  for (const { input_key, answer_key, source, opportunity_id } of rows) {
    byInput.set(input_key, (byInput.get(input_key) ?? new Set()).add(answer_key));
    if (opportunity_id === null) continue;
    const { all, curriculum } = byOpportunity.get(opportunity_id) ?? { all: 0, curriculum: 0 };
    byOpportunity.set(opportunity_id, { all: all + 1, curriculum: curriculum + (source === 'curriculum' ? 1 : 0) });
  }
  const texts = rows.map(({ input, input_key, split, generated }): IssuedText => ({ input: input ?? input_key, split: split ?? 'train', generated }));
  return { byInput, outputs: rows.map(({ output }) => output), texts, byOpportunity };
};

const wasGenerated = ({ source, lineage, augmentation }: Example): boolean =>
  augmentation !== undefined || isGenerated({ source, ...(lineage.parentExampleId !== undefined && { parent: { input: '', output: '' } }) });

/** Returns how many were new: fewer than given means that another run issued some meanwhile. */
export const recordIssued = async (tx: Queryable, { model, workload, datasetId, examples }: Target & { datasetId: string; examples: readonly Example[] }): Promise<number> => {
  let issued = 0;
  for (let start = 0; start < examples.length; start += ROWS_PER_STATEMENT) {
    const rows = examples.slice(start, start + ROWS_PER_STATEMENT);
    const inserted = await tx.query(
      `insert into issued_examples (example_id, model, workload, input_key, answer_key, output, source, dataset_id, input, split, generated, opportunity_id)
       select example_id, $1, $2, input_key, answer_key, output, source, $3, input, split, generated, opportunity_id
       from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::text[])
         as t(example_id, input_key, answer_key, output, source, input, split, generated, opportunity_id)
       on conflict (example_id) do nothing returning example_id`,
      [
        model, workload, datasetId, rows.map(({ exampleId }) => exampleId), rows.map(({ input }) => normalizeAnswer(input)), rows.map(({ output }) => normalizeAnswer(output)),
        rows.map(({ output }) => output), rows.map(({ source }) => source), rows.map(({ input }) => input), rows.map(({ split }) => split), rows.map(wasGenerated),
        rows.map(({ lineage }) => lineage.opportunityId ?? null),
      ],
    );
    issued += inserted.length;
  }
  return issued;
};

export const recordDataset = async (tx: Queryable, { model, workload, datasetId, contentHash, trainCount, testCount, previousDatasetId }: Target & { datasetId: string; contentHash: string; trainCount: number; testCount: number; previousDatasetId: string | undefined }): Promise<void> => {
  await tx.query('insert into datasets (dataset_id, model, workload, content_hash, train_count, test_count, previous_dataset_id) values ($1, $2, $3, $4, $5, $6, $7)', [datasetId, model, workload, contentHash, trainCount, testCount, previousDatasetId ?? null]);
};
