import { Injectable } from '@nestjs/common';
import { userHashOf } from '@ratchet/domain';
import type { Command, ErasureCompleted, Target } from '@ratchet/domain';
import { SEED } from '../judging/seed.js';
import { promptHashOf } from '../scoring/answer-cache.js';
import type { Queryable } from './queryable.js';

/** Takes what a user said out of suites, queue and explanations. Scores stay: they say nothing of anybody. */
@Injectable()
export class ErasureRepository {
  async eraseUser(tx: Queryable, { commandId, model, workload, userId, issuedAt }: Extract<Command, { name: 'user.erase' }>): Promise<void> {
    const userHash = userHashOf(userId);
    await tx.query('insert into erasures (erasure_id, model, workload, user_hash, erased_at) values ($1, $2, $3, $4, $5) on conflict do nothing', [commandId, model, workload, userHash, issuedAt]);
    await tx.query(
      `delete from judge_queue where (task::json #>> '{interaction,userId}') = $3 and (task::json #>> '{interaction,model}') = $1 and (task::json #>> '{interaction,workload}') = $2`,
      [model, workload, userId],
    );
    const rows = await tx.query<{ interaction_id: string }>(`update quality_evaluations set explanations = '{}' where user_hash = $1 and model = $2 and workload = $3 returning interaction_id`, [userHash, model, workload]);
    await this.blankExplanations(tx, { model, workload }, rows.map(({ interaction_id }) => interaction_id));
  }

  /** Suites that the command line imported are not made of users' requests, and stay. */
  async dropExamples(tx: Queryable, { model, workload, exampleIds, interactionIds = [], versions = [] }: Pick<ErasureCompleted, 'model' | 'workload' | 'exampleIds' | 'interactionIds'> & { readonly versions?: readonly string[] }): Promise<number> {
    const rows = await tx.query<{ input: string }>(
      `delete from examples e where e.example_id = any($3::text[])
         and not exists (select 1 from datasets d where d.dataset_id = e.dataset_id and (d.purpose <> 'training' or (d.model, d.workload) <> ($1, $2))) returning input`,
      [model, workload, exampleIds],
    );
    await tx.query(
      `delete from train_fingerprints t where t.example_id = any($3::text[])
         and not exists (select 1 from datasets d where d.dataset_id = t.dataset_id and (d.purpose <> 'training' or (d.model, d.workload) <> ($1, $2)))`,
      [model, workload, exampleIds],
    );
    await this.dropCached(tx, { promptHashes: rows.map(({ input }) => promptHashOf({ prompt: input, seed: SEED })), versions });
    await this.blankExplanations(tx, { model, workload }, interactionIds);
    return rows.length;
  }

  /** Whether it happened before the user was erased, and comes only now. */
  async comesAfterErasure(db: Queryable, { model, workload, userId }: Target & { readonly userId?: string | undefined }, at: string): Promise<boolean> {
    if (userId === undefined) return false;
    const rows = await db.query('select 1 from erasures where user_hash = $1 and model = $2 and workload = $3 and erased_at >= $4 limit 1', [userHashOf(userId), model, workload, at]);
    return rows.length > 0;
  }

  /** Answers to what is gone, and all of versions that learnt from it: they may repeat it. A statement of its own, so that it sees what was stored until the examples were gone. */
  private async dropCached(tx: Queryable, { promptHashes, versions }: { readonly promptHashes: readonly string[]; readonly versions: readonly string[] }): Promise<void> {
    const answers = await tx.query<{ promptHash: string }>(
      `delete from answer_cache where prompt_hash = any($1::text[]) or version_id = any($2::text[]) returning prompt_hash as "promptHash"`,
      [promptHashes, versions],
    );
    await tx.query('delete from vector_cache where prompt_hash = any($1::text[])', [[...promptHashes, ...answers.map(({ promptHash }) => promptHash)]]);
  }

  /** A judge may have quoted the answer. */
  private async blankExplanations(tx: Queryable, { model, workload }: Target, interactionIds: readonly string[]): Promise<void> {
    if (interactionIds.length === 0) return;
    await tx.query(`update quality_scores set explanation = '' where model = $1 and workload = $2 and interaction_id = any($3::text[])`, [model, workload, interactionIds]);
    await tx.query('delete from judge_queue where interaction_id = any($1::text[])', [interactionIds]);
  }
}
