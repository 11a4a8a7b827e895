import { z } from 'zod';
import { ProviderError } from '../call/provider-error.js';
import type { ChatAnswer } from './chat-provider.js';

const usageSchema = z.object({ prompt_tokens: z.number().int().nonnegative(), completion_tokens: z.number().int().nonnegative() });
/** What the embedded model says beside OpenAI's fields. */
const extensionSchema = z.object({ confidence: z.number().min(0).max(1).optional(), abstained: z.boolean().optional() });
const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }), finish_reason: z.string().nullish() })).min(1),
  usage: usageSchema.nullish(),
  ratchet: extensionSchema.nullish(),
});
const factsSchema = z.object({ usage: usageSchema.nullish().catch(undefined), ratchet: extensionSchema.nullish().catch(undefined) });

type Facts = z.infer<typeof factsSchema>;

const answerOf = ({ content, finishReason, usage, ratchet }: { content: string; finishReason: string } & Facts): ChatAnswer => ({
  content,
  finishReason,
  ...(usage && { usage: { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens } }),
  ...(ratchet?.confidence !== undefined && { confidence: ratchet.confidence }),
  ...(ratchet?.abstained !== undefined && { abstained: ratchet.abstained }),
});

const parse = (text: string, provider: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProviderError({ code: 'bad_response', provider, message: 'the answer is not JSON', cause });
  }
};

/** What the provider says went wrong, where its body is of OpenAI's error shape. */
export const detailOf = (text: string): string | undefined => {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
};

/** A whole completion. @throws {ProviderError} `bad_response` */
export const readCompletion = (text: string, provider: string): ChatAnswer => {
  const parsed = completionSchema.safeParse(parse(text, provider));
  const [choice] = parsed.data?.choices ?? [];
  if (!parsed.success || !choice) throw new ProviderError({ code: 'bad_response', provider, message: 'the answer is not a chat completion', cause: parsed.error });
  const { message, finish_reason: finishReason } = choice;
  return answerOf({ content: message.content ?? message.refusal ?? '', finishReason: finishReason ?? 'stop', usage: parsed.data.usage, ratchet: parsed.data.ratchet });
};

interface Chunk {
  readonly choices?: readonly ({ readonly delta?: { readonly content?: unknown } | null; readonly finish_reason?: unknown } | null)[] | null;
  readonly usage?: unknown;
  readonly ratchet?: unknown;
  readonly error?: { readonly message?: unknown } | null;
}

/** The answer that the events of a stream add up to. Looked at by hand: a schema for each piece costs more than all else that is done with it. */
export class StreamedAnswer {
  private content = '';
  private finishReason: string | undefined;
  private facts: Facts = {};

  constructor(private readonly provider: string) {}

  /** Takes one event; gives the text that it adds, which may be empty. @throws {ProviderError} `bad_response` where it is no chunk, or the provider's error */
  take(event: string): string {
    const chunk = parse(event, this.provider) as Chunk | null;
    if (typeof chunk !== 'object' || chunk === null) throw this.broken('a piece of the stream is no chunk of a chat completion');
    if (chunk.error) throw this.broken(`the stream ended with an error (${String(chunk.error.message).slice(0, 300)})`);
    if (chunk.usage || chunk.ratchet) this.facts = { ...this.facts, ...withoutNothing(factsSchema.parse(chunk)) };
    const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
    if (typeof choice?.finish_reason === 'string') this.finishReason = choice.finish_reason;
    const delta = choice?.delta?.content;
    if (typeof delta !== 'string') return '';
    this.content += delta;
    return delta;
  }

  /** @throws {ProviderError} `bad_response` where the stream was not complete */
  end(): ChatAnswer {
    if (this.finishReason === undefined) throw this.broken('the stream ended without a finish_reason');
    return answerOf({ content: this.content, finishReason: this.finishReason, ...this.facts });
  }

  private broken(message: string): ProviderError {
    return new ProviderError({ code: 'bad_response', provider: this.provider, message });
  }
}

const withoutNothing = ({ usage, ratchet }: Facts): Facts => ({ ...(usage && { usage }), ...(ratchet && { ratchet }) });
