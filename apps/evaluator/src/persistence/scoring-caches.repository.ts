import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, storableJson } from '@ratchet/persistence';
import type { AnswerCache, CachedAnswer, NewAnswer, ScoreCache, VectorCache } from '../scoring/answer-cache.js';
import type { Queryable } from './queryable.js';

const md5Of = (text: string): string => createHash('md5').update(text).digest('hex');

const toBytes = (vector: Float32Array): string => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('hex');
/** A copy, because a row's bytes need not lie where numbers of four bytes may. */
const toVector = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

/** Answers, scores and vectors that later judgements need not pay for again. */
@Injectable()
export class ScoringCachesRepository {
  constructor(private readonly database: Database) {}

  /** `isShipped`: prompts that come with the service, and so from no user. */
  answers(isShipped: (prompt: string) => boolean): AnswerCache {
    return {
      find: (versionIds, promptHashes) =>
        this.database.query<CachedAnswer & Record<string, unknown>>(
          `select version_id as "versionId", prompt_hash as "promptHash", content, finish_reason as "finishReason", cost_usd as "costUsd"
             from answer_cache where version_id = any($1::text[]) and prompt_hash = any($2::text[])`,
          [versionIds, promptHashes],
        ),
      save: async (answers) => {
        await this.database.transaction(async (tx) => {
          const own = answers.filter(({ prompt }) => !isShipped(prompt)).map(({ prompt }) => prompt);
          const kept = await this.keptPrompts(tx, own);
          await this.saveAnswers(tx, answers.filter(({ prompt }) => isShipped(prompt) || kept.has(prompt)));
        });
      },
    };
  }

  readonly scores: ScoreCache = {
    find: async (key) => (await this.database.query<{ score: number }>('select score from score_cache where score_key = $1', [key]))[0]?.score,
    save: async (key, score) => {
      await this.database.query('insert into score_cache (score_key, score) values ($1, $2) on conflict (score_key) do update set score = excluded.score, scored_at = now()', [key, score]);
    },
  };

  readonly vectors: VectorCache = {
    find: async (model, textHashes) => {
      const rows = await this.database.query<{ text_hash: string; vector: Buffer }>('select text_hash, vector from vector_cache where model = $1 and text_hash = any($2::text[])', [model, textHashes]);
      return new Map(rows.map(({ text_hash: hash, vector }) => [hash, toVector(vector)]));
    },
    save: async (model, promptHash, vectors) => {
      await this.database.query(
        `insert into vector_cache (model, text_hash, prompt_hash, vector) select $1, hash, $2, decode(bytes, 'hex') from unnest($3::text[], $4::text[]) as r(hash, bytes) on conflict do nothing`,
        [model, promptHash, [...vectors.keys()], [...vectors.values()].map(toBytes)],
      );
    },
  };

  async prune(db: Queryable, olderThanDays: number): Promise<void> {
    await db.query('delete from answer_cache where asked_at < now() - make_interval(days => $1)', [olderThanDays]);
    await db.query('delete from score_cache where scored_at < now() - make_interval(days => $1)', [olderThanDays]);
    await db.query('delete from vector_cache where embedded_at < now() - make_interval(days => $1)', [olderThanDays]);
    await db.query(`delete from spending where reserved_at < now() - interval '400 days'`);
  }

  /** Which prompts are still test items. They are held until the answers are stored, so that an erasure comes before or after, and never between. */
  private async keptPrompts(tx: Queryable, prompts: readonly string[]): Promise<ReadonlySet<string>> {
    if (prompts.length === 0) return new Set();
    const rows = await tx.query<{ input: string }>('select input from examples where md5(input) = any($1::text[]) order by dataset_id, example_id for key share', [prompts.map(md5Of)]);
    return new Set(rows.map(({ input }) => input));
  }

  private async saveAnswers(tx: Queryable, answers: readonly NewAnswer[]): Promise<void> {
    // Two items may ask the same, and one statement must not change a row twice.
    const rows = [...new Map(answers.map((answer) => [`${answer.versionId}\n${answer.promptHash}`, answer])).values()];
    if (rows.length === 0) return;
    await tx.query(
      `insert into answer_cache (version_id, prompt_hash, content, finish_reason, cost_usd)
       select "versionId", "promptHash", content, "finishReason", "costUsd"
         from jsonb_to_recordset($1::jsonb) as r("versionId" text, "promptHash" text, content text, "finishReason" text, "costUsd" float8)
       on conflict (version_id, prompt_hash) do update set content = excluded.content, finish_reason = excluded.finish_reason, cost_usd = excluded.cost_usd, asked_at = now()`,
      [storableJson(rows.map(({ versionId, promptHash, content, finishReason, costUsd }) => ({ versionId, promptHash, content, finishReason, costUsd })))],
    );
  }
}
