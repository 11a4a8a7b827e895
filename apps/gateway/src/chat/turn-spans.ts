import { topics, type EventEnvelope } from '@ratchet/contracts';
import type { VersionPublished } from '@ratchet/domain';
import type { TraceSpan, Tracing } from '@ratchet/observability';
import { ProviderError, type VersionCompletion, type VersionPiece } from '@ratchet/providers';
import type { ChatTurn } from './chat-turn.js';

/** A version's answer to a turn, by OpenTelemetry's conventions for generative AI; of what was said, it has nothing. */
export const startChatSpan = (tracing: Tracing, { span: request, interactionId }: ChatTurn, { versionId, bundle: { provider } }: VersionPublished): TraceSpan | undefined =>
  request &&
  tracing.start(`chat ${provider.model}`, {
    kind: 'client',
    parent: request.traceparent,
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': provider.name, 'gen_ai.request.model': provider.model, 'ratchet.version': versionId, 'ratchet.interaction.id': interactionId },
  });

const setAnswer = (span: TraceSpan, { finishReason, usage }: VersionCompletion): void =>
  span.set({ 'gen_ai.response.finish_reasons': [finishReason], ...(usage && { 'gen_ai.usage.input_tokens': usage.inputTokens, 'gen_ai.usage.output_tokens': usage.outputTokens }) });

const setFailure = (span: TraceSpan, error: unknown): void => span.fail(error instanceof ProviderError ? error.code : 'unknown');

/** Ends the span with the answer. */
export const endAs = async (span: TraceSpan | undefined, answer: Promise<VersionCompletion>): Promise<VersionCompletion> => {
  if (!span) return answer;
  try {
    const completion = await answer;
    setAnswer(span, completion);
    return completion;
  } catch (error) {
    setFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
};

const endWithPieces = async function* (span: TraceSpan, pieces: AsyncGenerator<VersionPiece, void, undefined>): AsyncGenerator<VersionPiece, void, undefined> {
  try {
    for await (const piece of pieces) {
      if ('completion' in piece) setAnswer(span, piece.completion);
      yield piece;
    }
  } catch (error) {
    setFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
};

/** Ends the span with the stream. */
export const tracedPieces = (span: TraceSpan | undefined, pieces: AsyncGenerator<VersionPiece, void, undefined>): AsyncGenerator<VersionPiece, void, undefined> =>
  span ? endWithPieces(span, pieces) : pieces;

/** The turn's event as a message, by OpenTelemetry's conventions; it is sent with others later. */
export const createSpan = (tracing: Tracing, { span: request, interactionId }: ChatTurn, { id }: EventEnvelope): TraceSpan | undefined => {
  if (!request) return undefined;
  const topic = topics.interactions.name;
  return tracing.start(`create ${topic}`, {
    kind: 'producer',
    parent: request.traceparent,
    attributes: { 'messaging.system': 'kafka', 'messaging.operation.name': 'create', 'messaging.operation.type': 'create', 'messaging.destination.name': topic, 'messaging.message.id': id, 'ratchet.interaction.id': interactionId },
  });
};
