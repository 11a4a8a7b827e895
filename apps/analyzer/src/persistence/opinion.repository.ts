import { rootCauseSchema } from '@ratchet/domain';
import { z } from 'zod';
import type { TokenUsage } from '@ratchet/providers';
import type { JudgeOpinion } from '../diagnosis/diagnosis.js';
import type { OpinionStore } from '../diagnosis/judge/judge-panel.js';
import type { Queryable } from './queryable.js';

const opinionSchema = z.object({
  rootCause: rootCauseSchema, confidence: z.number(), reason: z.string(), suggestedFix: z.string(), judge: z.string(), costUsd: z.number(),
});

/** Texts in jsonb take no NUL and no lone surrogate; `printable` has removed both. */
export class OpinionRepository implements OpinionStore {
  constructor(private readonly db: Queryable) {}

  async find(contentHash: string): Promise<JudgeOpinion | undefined> {
    const [row] = await this.db.query<{ opinion: unknown }>('select opinion from judge_opinions where content_hash = $1', [contentHash]);
    return row && opinionSchema.parse(row.opinion);
  }

  async keep({ contentHash, interactionIds }: Parameters<OpinionStore['keep']>[0], opinion: JudgeOpinion, { inputTokens, outputTokens }: TokenUsage): Promise<void> {
    await this.db.query(
      `insert into judge_opinions (content_hash, opinion, input_tokens, output_tokens, cost_usd, interaction_ids) values ($1, $2::jsonb, $3, $4, $5, $6) on conflict (content_hash) do nothing`,
      [contentHash, JSON.stringify(opinion), inputTokens, outputTokens, opinion.costUsd, interactionIds],
    );
  }
}
