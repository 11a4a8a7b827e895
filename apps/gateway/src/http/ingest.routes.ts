import type { EventEnvelope } from '@ratchet/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { invalidRequest, type HttpFailure } from '../chat/openai-error.js';
import { ingestEvent, statusOf, type EventResult, type Ingested } from '../ingest/ingest-event.js';
import { handoffEvent } from '../ingest/ingest-handoff.js';
import { inTraceOf } from './request-tracing.js';
import { sendFailure, type GatewayParts } from './gateway-parts.js';

const noRoom: HttpFailure = { status: 503, type: 'api_error', code: 'kafka_unavailable', message: 'Kafka does not answer and there is no room left for events; try again later.' };

/** `POST /v1/events` (CloudEvents, acknowledged by Kafka) and `/v1/handoff` (plain JSON, taken at once). */
export const ingestRoutes = (scope: FastifyInstance, { sink, limits, feedback, onFault }: GatewayParts): void => {
  scope.post('/v1/events', { bodyLimit: limits.eventsBodyBytesMax, config: { route: 'events' } }, async ({ body, span }, reply) => {
    const values: unknown[] = Array.isArray(body) ? body : [body];
    if (values.length === 0) return sendFailure(reply, invalidRequest({ message: 'Send at least one event.' }));
    if (values.length > limits.eventsPerRequestMax) {
      return sendFailure(reply, invalidRequest({ status: 413, code: 'too_many_events', message: `Send at most ${limits.eventsPerRequestMax} events at a time.` }));
    }
    const receivedMs = Date.now();
    const ingested = values.map((value) => ingestEvent(value, { receivedMs, bytesMax: limits.eventBytesMax, metrics: feedback.metrics }));
    const events = ingested.flatMap((one) => (one.ok ? [inTraceOf(span, one.event)] : []));
    try {
      if (events.length > 0) await sink.publish(events);
    } catch (error) {
      onFault(error, span);
      const results = resultsOf(ingested, 'Kafka did not acknowledge it; send it again later with the same id');
      return reply.code(503).header('retry-after', '1').send({ results });
    }
    const results = resultsOf(ingested);
    return reply.code(statusOf(results)).send({ results });
  });

  const takeOne = (reply: FastifyReply, event: EventEnvelope, answer: object): FastifyReply => (sink.add(event) ? reply.code(202).send(answer) : sendFailure(reply, noRoom));

  scope.post('/v1/handoff', { bodyLimit: limits.chatBodyBytesMax, config: { route: 'handoff' } }, async (request, reply) => {
    const accepted = handoffEvent(request.body, { now: new Date().toISOString() });
    if (!accepted.ok) return sendFailure(reply, invalidRequest({ message: accepted.message }));
    return takeOne(reply, inTraceOf(request.span, accepted.event), { status: 'accepted' });
  });
};

const resultsOf = (ingested: readonly Ingested[], failure?: string): EventResult[] =>
  ingested.map((one) => {
    if (!one.ok) return one.result;
    return failure === undefined ? { id: one.event.id, status: 'accepted' } : { id: one.event.id, status: 'rejected', error: failure };
  });
