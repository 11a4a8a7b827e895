import { readTraceparent, type EventEnvelope } from '@ratchet/contracts';
import { noTracing, type TraceSpan, type Tracing } from '@ratchet/observability';
import type { FastifyInstance } from 'fastify';
import type { RouteName } from './request-gate.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the request, where tracing is on. */
    span: TraceSpan | undefined;
  }
}

/** Doors whose requests become events. Spans that come in are not traced: they may be our own. */
const tracedRoutes: ReadonlySet<RouteName | undefined> = new Set(['chat', 'events', 'feedback', 'handoff']);

/** A span for each request of a scope, which continues its caller's trace. */
export const traceRequests = (scope: FastifyInstance, tracing: Tracing): void => {
  scope.decorateRequest('span', undefined);
  if (tracing === noTracing) return;
  scope.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions } = request;
    if (!tracedRoutes.has(routeOptions.config.route) || method === 'OPTIONS') return done();
    const span = tracing.start(`${method} ${routeOptions.url}`, {
      kind: 'server',
      parent: readTraceparent(request.headers['traceparent']),
      attributes: { 'http.request.method': method, 'http.route': routeOptions.url, 'url.scheme': request.protocol },
    });
    request.span = span;
    reply.raw.once('close', () => {
      span?.set({ 'http.response.status_code': reply.statusCode });
      if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
      else if (!reply.raw.writableEnded) span?.fail('client_left');
      span?.end();
    });
    done();
  });
};

/** An event in the trace of the request that brought it, unless its producer traces it. */
export const inTraceOf = <Event extends EventEnvelope>(span: TraceSpan | undefined, event: Event): Event =>
  span === undefined || event.traceparent !== undefined ? event : { ...event, traceparent: span.traceparent };
