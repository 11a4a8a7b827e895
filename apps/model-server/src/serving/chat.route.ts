import { randomUUID } from 'node:crypto';
import type { EmbeddedModel } from '@ratchet/embedded-model';
import type { FastifyInstance } from 'fastify';
import { toOpenAiError } from '../http/openai.error.js';
import type { ServerMetrics } from '../metrics/server-metrics.js';
import { LruMap } from '../storage/lru-map.js';
import { type ChatRequest, countTokens, readChatRequest } from './chat-request.js';
import { type ChatReply, completionBody, completionEvents } from './chat-response.js';
import type { ModelStore } from './model-store.js';
import type { Sentences } from './sentences.js';

export interface ChatRouteOptions {
  readonly fastify: FastifyInstance;
  readonly models: ModelStore;
  readonly sentences: Sentences;
  readonly metrics: ServerMetrics;
  readonly maxCachedReplies: number;
}

/**
 * `POST /v1/chat/completions`, straight on Fastify: this is the one route whose cost per request matters, and Nest's interceptors,
 * pipes and guards would be most of it.
 */
export function registerChatRoute({ fastify, models, sentences, metrics, maxCachedReplies }: ChatRouteOptions): void {
  // A model id names its content, so a cached reply can never be stale.
  const replies = new LruMap<string, ChatReply>(maxCachedReplies);
  const answer = async (model: EmbeddedModel, request: ChatRequest): Promise<ChatReply> => {
    const key = `${request.model}\n${request.text}`;
    const known = replies.get(key);
    if (known !== undefined) return known;
    const { text, prediction } = model.reply(request.text, model.encoder === null ? undefined : await sentences.of(request.text));
    const reply = { text, confidence: prediction.confidence, abstained: prediction.abstained, completionTokens: countTokens(text) };
    replies.set(key, reply);
    return reply;
  };

  fastify.post('/v1/chat/completions', async (incoming, outgoing) => {
    const startedAt = performance.now();
    try {
      const request = readChatRequest(incoming.body);
      const model = models.peek(request.model) ?? (await models.get(request.model));
      const reply = await answer(model, request);
      const parts = { id: `chatcmpl-${randomUUID()}`, createdAtSeconds: Math.floor(Date.now() / 1000), request, reply };
      metrics.chatServed({ abstained: reply.abstained, durationMs: performance.now() - startedAt });
      if (!request.stream) return completionBody(parts);
      return await outgoing.header('content-type', 'text/event-stream; charset=utf-8').header('cache-control', 'no-cache').send(completionEvents(parts));
    } catch (error) {
      const refusal = toOpenAiError(error);
      metrics.chatRefused({ status: refusal.status });
      if (refusal.status === 500) throw error;
      return outgoing.status(refusal.status).send(refusal.body);
    }
  });
}
