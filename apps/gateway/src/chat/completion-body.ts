import type { TokenUsage, VersionCompletion } from '@ratchet/providers';
import type { ChatTurn } from './chat-turn.js';

export const usageBody = ({ inputTokens, outputTokens }: TokenUsage) => ({ prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens });

const createdOf = ({ startedAt }: ChatTurn): number => Math.floor(Date.parse(startedAt) / 1000);

/** OpenAI's chat completion, with what the embedded model says about its confidence beside it. */
export const completionBody = ({ turn, servedVersion, completion }: { turn: ChatTurn; servedVersion: string; completion: VersionCompletion }): object => ({
  id: `chatcmpl-${turn.interactionId}`,
  object: 'chat.completion',
  created: createdOf(turn),
  model: turn.request.model,
  system_fingerprint: servedVersion,
  choices: [{ index: 0, message: { role: 'assistant', content: completion.content, refusal: null }, logprobs: null, finish_reason: completion.finishReason }],
  ...(completion.usage && { usage: usageBody(completion.usage) }),
  ...((completion.confidence !== undefined || completion.abstained !== undefined) && { ratchet: { confidence: completion.confidence, abstained: completion.abstained, version: servedVersion } }),
});

export interface ChunkContent {
  readonly delta?: { readonly role?: 'assistant'; readonly content?: string };
  readonly finishReason?: string;
  /** A chunk of its own, without choices. */
  readonly usage?: TokenUsage;
}

/** One server-sent event of a stream. */
export const chunkEvent = (turn: ChatTurn, servedVersion: string, { delta, finishReason, usage }: ChunkContent): string =>
  serverSentEvent({
    id: `chatcmpl-${turn.interactionId}`,
    object: 'chat.completion.chunk',
    created: createdOf(turn),
    model: turn.request.model,
    system_fingerprint: servedVersion,
    choices: usage ? [] : [{ index: 0, delta: delta ?? {}, logprobs: null, finish_reason: finishReason ?? null }],
    ...(usage && { usage: usageBody(usage) }),
  });

export const serverSentEvent = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
export const STREAM_END = 'data: [DONE]\n\n';
