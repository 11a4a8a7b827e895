import type { Metrics } from '@ratchet/observability';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayParts } from '../http/gateway-parts.js';
import { decodeRequest, decompressed, encodeResponse, encodeStatus, JSON_TYPE, OtlpRefusal, PROTOBUF, type OtlpEncoding } from './otlp-encoding.js';
import { describeProblems, spanEventsOf } from './span-events.js';

/** Answers are in the encoding of the question; protobuf where it was in none that is known, as exporters expect it. */
const encodingOf = ({ headers }: FastifyRequest): OtlpEncoding => ((headers['content-type'] ?? '').trimStart().toLowerCase().startsWith(JSON_TYPE) ? JSON_TYPE : PROTOBUF);

/** Exporters try again, after this, what was answered with 429 or 503, and nothing else. */
const RETRY_AFTER_S = '1';

export const sendOtlpRefusal = (reply: FastifyReply, refusal: OtlpRefusal): FastifyReply => {
  const encoding = encodingOf(reply.request);
  if (refusal.status === 429 || refusal.status === 503) reply.header('retry-after', RETRY_AFTER_S);
  // As bytes: Fastify would make them text of another length where the type were one of text.
  return reply.code(refusal.status).header('content-type', encoding).send(encodeStatus(encoding, refusal));
};

const refusalOf = (error: FastifyError | OtlpRefusal, onFault: (error: unknown) => void): OtlpRefusal => {
  if (error instanceof OtlpRefusal) return error;
  if (error.statusCode === 413) return new OtlpRefusal(413, 'the body is too large');
  if (error.statusCode === 415) return new OtlpRefusal(415, `send the body as ${PROTOBUF} or ${JSON_TYPE}`);
  if (error.statusCode !== undefined && error.statusCode < 500) return new OtlpRefusal(400, error.message);
  onFault(error);
  return new OtlpRefusal(500, 'the gateway failed');
};

export const spanCounter = (metrics: Metrics) => metrics.counter({ name: 'ratchet_gateway_spans_total', help: 'Spans by what became of them', labelNames: ['outcome'] });

/** `POST /v1/traces`: OTLP over HTTP, in protobuf or JSON. Answers when Kafka has acknowledged the interactions. */
export const tracesRoutes = (scope: FastifyInstance, parts: GatewayParts): void => {
  const { limits, metrics, onFault } = parts;
  const spans = spanCounter(metrics);
  let inFlight = 0;

  scope.register(async (otlp) => {
    otlp.removeAllContentTypeParsers();
    otlp.addContentTypeParser([PROTOBUF, JSON_TYPE], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    otlp.setErrorHandler((error: FastifyError, _request, reply) => sendOtlpRefusal(reply, refusalOf(error, onFault)));
    // Before the body is read: it is the bodies that take the memory.
    otlp.addHook('onRequest', async (_request, reply) => {
      if (inFlight >= limits.otlpRequestsMax) throw new OtlpRefusal(429, `more than ${limits.otlpRequestsMax} trace requests are in flight`);
      inFlight += 1;
      reply.raw.once('close', () => (inFlight -= 1));
    });
    otlp.post('/v1/traces', { bodyLimit: limits.otlpBodyBytesMax, config: { route: 'traces' } }, (request, reply) => take(request, reply, { parts, spans }));
  });
};

const take = async (request: FastifyRequest, reply: FastifyReply, { parts, spans }: { parts: GatewayParts; spans: ReturnType<typeof spanCounter> }): Promise<FastifyReply> => {
  const { limits, context, sink, onFault } = parts;
  const encoding = encodingOf(request);
  const given = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const body = await decompressed(given, request.headers['content-encoding'], limits.otlpDecodedBytesMax);
  const { events, ignored, problems } = spanEventsOf(decodeRequest(body, encoding), { workloads: context.workloads, eventBytesMax: limits.eventBytesMax });
  try {
    if (events.length > 0) await sink.publish(events);
  } catch (error) {
    onFault(error);
    throw new OtlpRefusal(503, 'Kafka did not acknowledge the interactions; send the spans again');
  }
  spans.inc({ outcome: 'interaction' }, events.length);
  spans.inc({ outcome: 'ignored' }, ignored);
  spans.inc({ outcome: 'rejected' }, problems.length);
  const partial = problems.length > 0 ? { rejectedSpans: problems.length, errorMessage: describeProblems(problems) } : undefined;
  return reply.code(200).header('content-type', encoding).send(encodeResponse(encoding, partial));
};
