import type { ChatRequest } from './chat-request.js';

/** What the model says to a text; kept in the reply cache. */
export interface ChatReply {
  readonly text: string;
  readonly confidence: number;
  readonly abstained: boolean;
  readonly completionTokens: number;
}

export interface CompletionParts {
  readonly id: string;
  readonly createdAtSeconds: number;
  readonly request: ChatRequest;
  readonly reply: ChatReply;
}

/** OpenAI's `chat.completion`, with what the model thinks of its own answer beside it. */
export function completionBody({ id, createdAtSeconds, request, reply }: CompletionParts) {
  return {
    id,
    object: 'chat.completion',
    created: createdAtSeconds,
    model: request.model,
    choices: [{ index: 0, message: { role: 'assistant', content: reply.text, refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: usageOf(request, reply),
    ratchet: judgement(request, reply),
  };
}

/** The same as server-sent `chat.completion.chunk` events, closed by `[DONE]`. */
export function completionEvents({ id, createdAtSeconds, request, reply }: CompletionParts): string {
  const chunk = (fields: object): string =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created: createdAtSeconds, model: request.model, ...fields })}\n\n`;
  const delta = (content: object, finishReason: string | null): object => ({ choices: [{ index: 0, delta: content, logprobs: null, finish_reason: finishReason }] });
  const pieces = reply.text.match(/\S+\s*|\s+/gu) ?? [];
  return [
    chunk(delta({ role: 'assistant', content: '' }, null)),
    ...pieces.map((content) => chunk(delta({ content }, null))),
    chunk({ ...delta({}, 'stop'), ratchet: judgement(request, reply) }),
    ...(request.includeUsage ? [chunk({ choices: [], usage: usageOf(request, reply) })] : []),
    'data: [DONE]\n\n',
  ].join('');
}

function judgement({ model }: ChatRequest, { confidence, abstained }: ChatReply) {
  return { confidence, abstained, version: model };
}

function usageOf({ promptTokens }: ChatRequest, { completionTokens }: ChatReply) {
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
}
