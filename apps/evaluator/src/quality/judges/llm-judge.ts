import type { ChatAnswer, ChatProvider } from '@ratchet/providers';
import { z } from 'zod';
import type { EvaluatorName, Exchange, Finding, JudgeIdentity, Off, QualityEvaluator } from '../evaluators/quality-evaluator.js';
import type { JudgeConfig } from './judge-config.js';
import { judgeMessages } from './judge-prompts.js';
import type { JudgePrompt } from './judge-prompts.js';

const GRADES = 5;
const ATTEMPTS = 2;
const EXPLANATION_MAX = 1_000;
const SEED = 0;
/** Fewer characters a token has no usual text; a reserve must not be too small. */
const CHARS_PER_TOKEN_MIN = 1;

const replySchema = z.strictObject({ explanation: z.string(), grade: z.number().int().min(1).max(GRADES) });

const RESPONSE_FORMAT = {
  type: 'json_schema',
  json_schema: {
    name: 'grade',
    strict: true,
    schema: {
      type: 'object',
      properties: { explanation: { type: 'string' }, grade: { type: 'integer', enum: Array.from({ length: GRADES }, (_, i) => i + 1) } },
      required: ['explanation', 'grade'],
      additionalProperties: false,
    },
  },
};

/** Undefined unless the reply is exactly what was asked for. */
const parseReply = (content: string): z.infer<typeof replySchema> | undefined => {
  try {
    return replySchema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
};

export const UNPARSABLE = 'unparsable';

/** An evaluation that had a price, whether it came to a score or not. */
export type Judged = (Finding | Off) & { readonly usage: { readonly inputTokens: number; readonly outputTokens: number }; readonly costUsd: number; readonly calls: number };

/** A model that grades one dimension from 1 to 5, at any provider that speaks OpenAI's protocol; the score is (grade - 1) / 4. */
export class LlmJudge implements QualityEvaluator {
  readonly name: EvaluatorName;
  readonly judge: JudgeIdentity;

  constructor(
    private readonly provider: ChatProvider,
    private readonly config: JudgeConfig,
    private readonly prompt: JudgePrompt,
    dimension: EvaluatorName,
  ) {
    this.name = dimension;
    this.judge = { provider: config.provider, model: config.model, prompt: prompt.id };
  }

  /** Factuality without a text to hold the answer to would be the model's own belief. */
  needs({ context }: Exchange): Off | undefined {
    return this.name === 'factuality' && context.length === 0 ? { off: 'no_context' } : undefined;
  }

  /** The most that judging the exchange may cost, in US dollars. */
  costUsdMax(exchange: Exchange): number {
    const characters = judgeMessages(this.prompt, exchange).reduce((sum, { content }) => sum + content.length, 0);
    return ATTEMPTS * this.costOf({ inputTokens: characters / CHARS_PER_TOKEN_MIN, outputTokens: this.config.outputTokensMax });
  }

  /**
   * A reply of another shape is asked for once more; after that there is no score.
   *
   * @throws {ProviderError} where the provider gives no reply at all
   */
  async evaluate(exchange: Exchange, signal?: AbortSignal): Promise<Judged> {
    const messages = judgeMessages(this.prompt, exchange);
    let usage = { inputTokens: 0, outputTokens: 0 };
    for (let calls = 1; ; calls += 1) {
      const answer = await this.provider.complete({
        model: this.config.model,
        messages,
        seed: SEED + calls - 1,
        parameters: { temperature: 0, max_tokens: this.config.outputTokensMax, response_format: RESPONSE_FORMAT },
        signal,
      });
      usage = this.add(usage, answer, messages);
      const reply = parseReply(answer.content);
      const spent = { usage, costUsd: this.costOf(usage), calls };
      if (reply) return { score: (reply.grade - 1) / (GRADES - 1), explanation: reply.explanation.slice(0, EXPLANATION_MAX), ...spent };
      if (calls >= ATTEMPTS) return { off: UNPARSABLE, ...spent };
    }
  }

  /** Where the provider counts no tokens, as many as there can be are taken: a cap must hold. */
  private add(sum: { inputTokens: number; outputTokens: number }, { usage, content }: ChatAnswer, messages: readonly { content: string }[]): { inputTokens: number; outputTokens: number } {
    const asked = Math.ceil(messages.reduce((total, message) => total + message.content.length, 0) / CHARS_PER_TOKEN_MIN);
    return { inputTokens: sum.inputTokens + (usage?.inputTokens ?? asked), outputTokens: sum.outputTokens + (usage?.outputTokens ?? Math.ceil(content.length / CHARS_PER_TOKEN_MIN)) };
  }

  private costOf({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }): number {
    const { inputUsdPerMillionTokens, outputUsdPerMillionTokens } = this.config.price;
    return (inputTokens * inputUsdPerMillionTokens + outputTokens * outputUsdPerMillionTokens) / 1_000_000;
  }
}
