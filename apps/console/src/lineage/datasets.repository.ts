import type { DatasetDetail, DatasetsQuery, DatasetSummary, ExamplesQuery } from '@ratchet/console-api';
import type { DatasetVersioned, Example, ExamplesAdded, FixProposed } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { z } from 'zod';
import { storable } from '@ratchet/persistence';
import { Conditions, cursorInstant, cursorText, instantSql, keyOfCursor, type PageOf, pageOf } from '../http/paging.js';

type Queries = Pick<Database, 'query'>;

const CATEGORIES_MAX = 200;
const LINKS_MAX = 100;

export const storeDataset = async (tx: Transaction, data: DatasetVersioned): Promise<void> => {
  await tx.query('insert into datasets (dataset_id, model, workload, purpose, body, versioned_at) values ($1, $2, $3, $4, $5::jsonb, $6) on conflict do nothing', [
    data.datasetId, data.model, data.workload, data.purpose, JSON.stringify(storable(data)), data.versionedAt,
  ]);
};

/** Examples that an erasure has named stay away, whatever is told again. */
export const storeExamples = async (tx: Transaction, { datasetId, model, workload, examples }: ExamplesAdded): Promise<void> => {
  await tx.query(
    `insert into dataset_examples (dataset_id, example_id, model, workload, split, source, category, body)
     select $1, e->>'exampleId', $2, $3, e->>'split', e->>'source', e->>'category', e from jsonb_array_elements($4::jsonb) as e
      where not exists (select 1 from erased_examples x where (x.model, x.workload, x.example_id) = ($2, $3, e->>'exampleId'))
     on conflict do nothing`,
    [datasetId, model, workload, JSON.stringify(storable(examples))],
  );
};

export const storeFix = async (tx: Transaction, data: FixProposed): Promise<void> => {
  await tx.query('insert into fixes (fix_id, model, workload, dataset_id, body) values ($1, $2, $3, $4, $5::jsonb) on conflict do nothing', [data.fixId, data.model, data.workload, data.datasetId ?? null, JSON.stringify(storable(data))]);
};

interface DatasetRow {
  readonly body: DatasetVersioned;
  readonly at: string;
}

const summaryOf = ({ body: { datasetId, model, workload, purpose, trainCount, testCount, highPriority }, at }: DatasetRow): DatasetSummary => ({ datasetId, model, workload, purpose, trainCount, testCount, highPriority, versionedAt: at });

/** The newest first. */
export const datasets = async (db: Queries, { model, workload, purpose, after, limit }: DatasetsQuery): Promise<PageOf<DatasetSummary>> => {
  const key = keyOfCursor(after, z.tuple([cursorInstant, cursorText]));
  const asked = new Conditions().and('model = ?', model).and('workload = ?', workload).and('purpose = ?', purpose).and('(versioned_at, dataset_id) < (?::timestamptz, ?)', key?.[0], key?.[1]);
  const rows = await db.query<DatasetRow>(
    `select body, ${instantSql('versioned_at')} as at from datasets ${asked.sql} order by versioned_at desc, dataset_id desc limit ${asked.add(limit + 1)}`,
    asked.parameters,
  );
  return pageOf(rows.map(summaryOf), limit, ({ versionedAt, datasetId }) => [versionedAt, datasetId]);
};

interface Counted {
  readonly split: string;
  readonly source: string;
  readonly category: string | null;
  readonly n: number;
}

/** Sums by one field, the largest first. */
export const countsBy = (rows: readonly Counted[], nameOf: (row: Counted) => string): { name: string; train: number; test: number }[] => {
  const sums = new Map<string, { name: string; train: number; test: number }>();
  for (const row of rows) {
    const name = nameOf(row);
    const sum = sums.get(name) ?? { name, train: 0, test: 0 };
    sum[row.split === 'test' ? 'test' : 'train'] += row.n;
    sums.set(name, sum);
  }
  return [...sums.values()].sort((a, b) => b.train + b.test - (a.train + a.test) || (a.name < b.name ? -1 : 1));
};

const differenceOf = async (db: Queries, datasetId: string, previousDatasetId: string | undefined): Promise<DatasetDetail['difference']> => {
  if (previousDatasetId === undefined) return null;
  const [row] = await db.query<{ here: number; before: number; both: number }>(
    `select (select count(*)::int from dataset_examples where dataset_id = $1) as here, (select count(*)::int from dataset_examples where dataset_id = $2) as before,
            (select count(*)::int from dataset_examples a join dataset_examples b using (example_id) where a.dataset_id = $1 and b.dataset_id = $2) as both`,
    [datasetId, previousDatasetId],
  );
  const { here = 0, before = 0, both = 0 } = row ?? {};
  return before === 0 ? null : { previousDatasetId, onlyHere: here - both, onlyBefore: before - both, inBoth: both };
};

export const dataset = async (db: Queries, datasetId: string): Promise<DatasetDetail | undefined> => {
  const [row] = await db.query<DatasetRow>(`select body, ${instantSql('versioned_at')} as at from datasets where dataset_id = $1`, [datasetId]);
  if (!row) return undefined;
  const { body } = row;
  const counted = await db.query<Counted & Record<string, unknown>>('select split, source, category, count(*)::int as n from dataset_examples where dataset_id = $1 group by split, source, category', [datasetId]);
  const cycles = await db.query<DatasetDetail['cycles'][number]>(
    `select c.cycle_id as "cycleId", c.state, c.version, ${instantSql('c.started_at')} as "startedAt" from cycle_datasets d join cycles c using (cycle_id) where d.dataset_id = $1 order by c.started_at desc limit $2`,
    [datasetId, LINKS_MAX],
  );
  const fixes = await db.query<{ body: FixProposed }>('select body from fixes where dataset_id = $1 order by fix_id limit $2', [datasetId, LINKS_MAX]);
  return {
    ...summaryOf(row),
    contentHash: body.contentHash,
    failuresAnalyzed: body.failuresAnalyzed,
    opportunityIds: body.opportunityIds,
    rejected: body.rejected,
    strategies: body.strategies ?? [],
    ...(body.training && { training: body.training }),
    costUsd: body.costUsd ?? null,
    kept: counted.reduce((sum, { n }) => sum + n, 0),
    sources: countsBy(counted, ({ source }) => source),
    categories: countsBy(counted, ({ category }) => category ?? 'no category').slice(0, CATEGORIES_MAX),
    difference: await differenceOf(db, datasetId, body.previousDatasetId),
    cycles,
    fixes: fixes.map(({ body: { fixId, fixType, summary } }) => ({ fixId, fixType, summary: summary ?? null })),
  };
};

export const datasetExists = async (db: Queries, datasetId: string): Promise<boolean> => (await db.query('select 1 from datasets where dataset_id = $1', [datasetId])).length > 0;

/** By their ids. */
export const examplesOf = async (db: Queries, datasetId: string, { split, source, category, after, limit }: ExamplesQuery): Promise<PageOf<Example>> => {
  const key = keyOfCursor(after, z.tuple([cursorText]));
  const asked = new Conditions().and('dataset_id = ?', datasetId).and('split = ?', split).and('source = ?', source).and('category = ?', category).and('example_id > ?', key?.[0]);
  const rows = await db.query<{ body: Example }>(`select body from dataset_examples ${asked.sql} order by example_id limit ${asked.add(limit + 1)}`, asked.parameters);
  return pageOf(rows.map(({ body }) => body), limit, ({ exampleId }) => [exampleId]);
};
