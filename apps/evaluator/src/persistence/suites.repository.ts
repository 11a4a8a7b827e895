import { Injectable } from '@nestjs/common';
import type { DatasetVersioned, ExamplesAdded, Target, VersionPromoted } from '@ratchet/domain';
import type { LabelledPair } from '../scoring/judge/judge-agreement.js';
import type { SuiteRow } from '../suites/suite-item.js';
import type { Queryable } from './queryable.js';

const suiteColumns = `e.dataset_id as "datasetId", e.example_id as "exampleId", e.input, e.output, e.category, e.opportunity_id as "opportunityId", e.answer_check as "check", e.scorer, e.source`;

export interface StoredSuites {
  readonly target: readonly SuiteRow[];
  readonly general: readonly SuiteRow[];
  readonly fixed: readonly SuiteRow[];
  readonly importedSafety: readonly SuiteRow[];
}

/** Test items by dataset. Rows come before the event that says what they are for, so all are kept until then. */
@Injectable()
export class SuitesRepository {
  async addExamples(tx: Queryable, { datasetId, examples }: ExamplesAdded): Promise<void> {
    const rows = examples.map(({ exampleId, split, input, output, check, scorer, category, rejectedOutput, source, lineage }) => ({
      exampleId, split, input, output, check, scorer, category, rejectedOutput, source, opportunityId: lineage.opportunityId,
    }));
    await tx.query(
      `insert into examples (dataset_id, example_id, split, input, output, answer_check, scorer, category, rejected_output, source, opportunity_id)
       select $1, "exampleId", split, input, output, "check", scorer, category, "rejectedOutput", source, "opportunityId"
         from jsonb_to_recordset($2::jsonb) as r("exampleId" text, split text, input text, output text, "check" jsonb, scorer jsonb, category text, "rejectedOutput" text, source text, "opportunityId" text)
       on conflict do nothing`,
      [datasetId, JSON.stringify(rows)],
    );
  }

  /** Training rows of a training dataset are no test items; with the dataset closed, they can go: their fingerprints stay. */
  async closeDataset(tx: Queryable, dataset: DatasetVersioned): Promise<void> {
    await tx.query(
      `insert into datasets (dataset_id, model, workload, purpose, opportunity_ids, versioned_at, fingerprinted) values ($1, $2, $3, $4, $5::jsonb, $6, true) on conflict do nothing`,
      [dataset.datasetId, dataset.model, dataset.workload, dataset.purpose, JSON.stringify(dataset.opportunityIds), dataset.versionedAt],
    );
    if (dataset.purpose !== 'training') return;
    await tx.query(`delete from examples where dataset_id = $1 and split = 'train'`, [dataset.datasetId]);
    await tx.query(`update examples set opportunity_id = $2 where dataset_id = $1 and opportunity_id is null`, [dataset.datasetId, dataset.opportunityIds[0] ?? null]);
  }

  /** Which of these examples are still there; they stay until the transaction ends. */
  async keptExamples(tx: Queryable, exampleIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (exampleIds.length === 0) return new Set();
    const rows = await tx.query<{ example_id: string }>('select example_id from examples where example_id = any($1::text[]) order by dataset_id, example_id for key share', [exampleIds]);
    return new Set(rows.map((row) => row.example_id));
  }

  /** The datasets may arrive later than the promotion, on their own topic: only their names are needed here. */
  async markFixed(tx: Queryable, { datasetIds, model, workload, cycleId, promotedAt }: VersionPromoted): Promise<void> {
    await tx.query(
      `insert into fixed_datasets (dataset_id, model, workload, cycle_id, fixed_at) select unnest($1::text[]), $2, $3, $4, $5 on conflict do nothing`,
      [datasetIds, model, workload, cycleId, promotedAt],
    );
  }

  /** Forgets training datasets whose cycle led to no promotion. What was promoted stays for good. */
  async prune(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query(
      `with old as (
         delete from datasets d
          where purpose = 'training' and versioned_at < now() - make_interval(days => $1)
            and not exists (select 1 from fixed_datasets f where f.dataset_id = d.dataset_id)
            and not exists (select 1 from judgements j where j.outcome is null and j.dataset_ids ? d.dataset_id)
         returning dataset_id),
       fingerprints as (delete from train_fingerprints using old where train_fingerprints.dataset_id = old.dataset_id)
       delete from examples using old where examples.dataset_id = old.dataset_id`,
      [olderThanDays],
    );
  }

  async missingDatasets(db: Queryable, datasetIds: readonly string[]): Promise<string[]> {
    const rows = await db.query<{ id: string }>(`select id from unnest($1::text[]) as wanted(id) where not exists (select 1 from datasets where dataset_id = id)`, [datasetIds]);
    return rows.map(({ id }) => id);
  }

  /** The newest pairs of a target of which a person rejected one answer and gave the other. */
  async labelledPairs(db: Queryable, { model, workload }: Target, limit: number): Promise<LabelledPair[]> {
    return db.query<LabelledPair & Record<string, unknown>>(
      `select e.input as request, e.output as preferred, e.rejected_output as rejected
         from examples e join datasets d using (dataset_id)
        where d.model = $1 and d.workload = $2 and e.rejected_output is not null and e.output <> '' and e.source in ('user_correction', 'reviewer')
        order by d.versioned_at desc, e.example_id limit $3`,
      [model, workload, limit],
    );
  }

  /** What a candidate of this target is judged on. The latest imported suite of each purpose counts. */
  async suitesOf(db: Queryable, { model, workload, datasetIds }: Target & { datasetIds: readonly string[] }): Promise<StoredSuites> {
    const imported = (purpose: 'general_suite' | 'safety_suite'): Promise<SuiteRow[]> =>
      db.query<SuiteRow>(
        `select ${suiteColumns} from examples e
          where e.dataset_id = (select dataset_id from datasets where model = $1 and workload = $2 and purpose = $3 order by versioned_at desc, dataset_id limit 1)
          order by e.example_id`,
        [model, workload, purpose],
      );
    return {
      target: await db.query<SuiteRow>(
        `select ${suiteColumns} from examples e join datasets d using (dataset_id)
          where e.dataset_id = any($1::text[]) and d.purpose = 'training' and e.split = 'test' order by d.versioned_at, e.dataset_id, e.example_id`,
        [datasetIds],
      ),
      general: await imported('general_suite'),
      fixed: await db.query<SuiteRow>(
        `select ${suiteColumns} from fixed_datasets f join examples e using (dataset_id)
          where f.model = $1 and f.workload = $2 and e.split = 'test' order by f.fixed_at, e.dataset_id, e.example_id`,
        [model, workload],
      ),
      importedSafety: await imported('safety_suite'),
    };
  }
}
