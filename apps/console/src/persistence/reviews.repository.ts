import type { ErasuresQuery } from '@ratchet/console-api';
import type { ErasureCompleted } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';
import { z } from 'zod';
import { storableJson } from '@ratchet/persistence';
import { Conditions, cursorInstant, cursorText, instantSql, keyOfCursor, pageOf } from '../http/paging.js';

type Queries = Pick<Database, 'query'>;

const BLANK = JSON.stringify({ rootCauseReason: "removed with a user's data; the next analysis says it anew", suggestedFix: '', commonPatterns: [], representatives: [] });

/** Takes what is shown of an erased user's interactions out of items and opportunities, and keeps the record of it. */
export const storeErasure = async (tx: Transaction, erasure: ErasureCompleted): Promise<void> => {
  const { erasureId, model, workload, exampleIds, interactionIds = [], completedAt, ...report } = erasure;
  await tx.query('delete from review_items where model = $1 and workload = $2 and example_id = any($3::text[])', [model, workload, exampleIds]);
  await tx.query(
    `update opportunities set body = (body - 'patterns' - 'diagnosis' - 'strategyChoice') || $4::jsonb
       || jsonb_build_object('interactionIds', (select coalesce(jsonb_agg(id), '[]') from jsonb_array_elements_text(body->'interactionIds') as id where id <> all($3::text[])))
     where model = $1 and workload = $2 and body->'interactionIds' ?| $3::text[]`,
    [model, workload, interactionIds, BLANK],
  );
  await tx.query('insert into erasures (erasure_id, model, workload, body, completed_at) values ($1, $2, $3, $4::jsonb, $5) on conflict do nothing', [erasureId, model, workload, storableJson(report), completedAt]);
};

interface ErasureRow {
  readonly erasureId: string;
  readonly model: string;
  readonly workload: string;
  readonly report: Record<string, unknown>;
  readonly completedAt: string;
}

const keySchema = z.tuple([cursorInstant, cursorText]);

/** A page of erasures, the newest first. Throws 400 for an `after` that this list never gave. */
export const erasures = async (db: Queries, { after, limit }: ErasuresQuery): Promise<{ erasures: ErasureRow[]; next: string | null }> => {
  const conditions = new Conditions();
  const key = keyOfCursor(after, keySchema);
  if (key) conditions.and('(completed_at, erasure_id) < (?::timestamptz, ?)', ...key);
  const rows = await db.query<ErasureRow & Record<string, unknown>>(
    `select erasure_id as "erasureId", model, workload, body as report, ${instantSql('completed_at')} as "completedAt" from erasures ${conditions.sql} order by completed_at desc, erasure_id desc limit ${conditions.add(limit + 1)}`,
    conditions.parameters,
  );
  const { items, next } = pageOf(rows, limit, ({ completedAt, erasureId }) => [completedAt, erasureId]);
  return { erasures: items, next };
};
