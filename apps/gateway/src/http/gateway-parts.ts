import type { FeedbackMetrics } from '@ratchet/domain';
import type { Metrics, TraceSpan, Tracing } from '@ratchet/observability';
import type { FastifyReply } from 'fastify';
import type { ChatService } from '../chat/chat.service.js';
import type { TurnContext } from '../chat/chat-turn.js';
import { errorBody, type HttpFailure } from '../chat/openai-error.js';
import type { RecentInteractions } from '../feedback/recent-interactions.js';
import type { EventSink } from '../sink/event-sink.js';

export interface GatewayLimits {
  readonly chatBodyBytesMax: number;
  readonly eventsBodyBytesMax: number;
  readonly eventsPerRequestMax: number;
  readonly eventBytesMax: number;
  readonly concurrentRequestsMax: number;
  /** How long the client of a stream may take nothing of it. */
  readonly clientStallMs: number;
  readonly otlpBodyBytesMax: number;
  readonly otlpDecodedBytesMax: number;
  readonly otlpRequestsMax: number;
}

export interface FeedbackParts {
  /** Metrics of the product's own. */
  readonly metrics: FeedbackMetrics;
  /** Origins of pages that may send feedback from a browser. */
  readonly origins: readonly string[];
  readonly interactions: RecentInteractions;
}

export interface GatewayParts {
  readonly context: TurnContext;
  readonly chat: ChatService;
  readonly sink: Pick<EventSink, 'add' | 'publish'>;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly limits: GatewayLimits;
  readonly feedback: FeedbackParts;
  /** With the span of the request, where there is one. */
  readonly onFault: (error: unknown, span?: TraceSpan) => void;
}

export const sendFailure = (reply: FastifyReply, failure: HttpFailure): FastifyReply => {
  if (failure.retryAfterSeconds !== undefined) reply.header('retry-after', String(failure.retryAfterSeconds));
  return reply.code(failure.status).send(errorBody(failure));
};
