import { Injectable } from '@nestjs/common';
import type { Example, Target } from '@ratchet/domain';
import type { TrainFingerprint } from '../suites/leakage.js';
import { MADE_BY_MACHINE } from '../suites/suite-item.js';
import { fingerprintOf } from '../suites/text-fingerprint.js';
import type { Queryable } from './queryable.js';

const PAGE = 2_000;

/** Fingerprints of training examples: of their texts nothing is kept. */
@Injectable()
export class FingerprintsRepository {
  async add(tx: Queryable, datasetId: string, examples: readonly Example[]): Promise<void> {
    const rows = examples
      .filter(({ split }) => split === 'train')
      .map(({ exampleId, input, source }) => {
        const { textHash, signature } = fingerprintOf(input);
        return { exampleId, textHash, signature: signature.toString('base64'), generated: MADE_BY_MACHINE.has(source) };
      });
    if (rows.length === 0) return;
    await tx.query(
      `insert into train_fingerprints (dataset_id, example_id, text_hash, signature, generated)
       select $1, "exampleId", "textHash", decode(signature, 'base64'), generated
         from jsonb_to_recordset($2::jsonb) as r("exampleId" text, "textHash" text, signature text, generated boolean)
       on conflict do nothing`,
      [datasetId, JSON.stringify(rows)],
    );
  }

  /** All that a candidate may have learnt from: the datasets of its cycle and of the cycles of its target that were promoted. */
  async trainedOn(db: Queryable, { model, workload, datasetIds }: Target & { readonly datasetIds: readonly string[] }): Promise<{ datasetIds: string[]; withoutFingerprints: number }> {
    const rows = await db.query<{ datasetId: string; fingerprinted: boolean }>(
      `select dataset_id as "datasetId", fingerprinted from datasets
        where dataset_id = any($3::text[]) or dataset_id in (select dataset_id from fixed_datasets where model = $1 and workload = $2) order by dataset_id`,
      [model, workload, datasetIds],
    );
    return { datasetIds: rows.map(({ datasetId }) => datasetId), withoutFingerprints: rows.filter(({ fingerprinted }) => !fingerprinted).length };
  }

  /** A page at a time, since they may be many. */
  async forEach(db: Queryable, datasetIds: readonly string[], look: (fingerprint: TrainFingerprint) => void): Promise<void> {
    for (let after: readonly [string, string] = ['', '']; ; ) {
      const rows = await db.query<TrainFingerprint & { datasetId: string; exampleId: string }>(
        `select dataset_id as "datasetId", example_id as "exampleId", text_hash as "textHash", signature, generated from train_fingerprints
          where dataset_id = any($1::text[]) and (dataset_id, example_id) > ($2, $3) order by dataset_id, example_id limit $4`,
        [datasetIds, ...after, PAGE],
      );
      rows.forEach(look);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = [last.datasetId, last.exampleId];
    }
  }
}
