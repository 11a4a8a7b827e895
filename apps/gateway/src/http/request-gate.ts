import type { Metrics } from '@ratchet/observability';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HttpFailure } from '../chat/openai-error.js';

export type RouteName = 'chat' | 'models' | 'events' | 'feedback' | 'widget' | 'handoff' | 'traces';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Under which name a route is counted. */
    route?: RouteName;
  }
}

/** Classes of outcomes, few enough for a label. */
export const outcomeOf = (status: number): string => {
  if (status < 400) return status === 200 || status === 202 ? 'ok' : 'other';
  const named: Record<number, string> = { 400: 'bad_request', 404: 'not_found', 413: 'too_large', 415: 'bad_request', 429: 'too_many', 502: 'provider_failed', 503: 'unavailable', 504: 'provider_timeout' };
  return named[status] ?? (status < 500 ? 'bad_request' : 'failed');
};

const tooMany = (max: number): HttpFailure => ({ status: 429, type: 'rate_limit_error', code: 'too_many_requests', message: `More than ${max} requests are in flight; try again in a moment.` });

/** Counts, times and limits the requests of a scope. A request is in flight until its connection is done with it. */
export const guardRequests = ({ scope, metrics, concurrentMax, onRefused }: { scope: FastifyInstance; metrics: Metrics; concurrentMax: number; onRefused: (reply: FastifyReply, failure: HttpFailure, route: RouteName | undefined) => unknown }): void => {
  const requests = metrics.counter({ name: 'ratchet_gateway_requests_total', help: 'Requests by route and outcome', labelNames: ['route', 'outcome'] });
  const durations = metrics.histogram({
    name: 'ratchet_gateway_request_duration_seconds',
    help: 'From the request to the end of its answer',
    labelNames: ['route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  const inFlight = metrics.gauge({ name: 'ratchet_gateway_requests_in_flight', help: 'Requests that are being answered' });
  let current = 0;

  scope.addHook('onRequest', (request, reply, done) => {
    const startedMs = performance.now();
    const { route } = request.routeOptions.config;
    current += 1;
    inFlight.set(current);
    // `close` comes after every end, also where the client has left; Fastify's onResponse does not.
    reply.raw.once('close', () => {
      current -= 1;
      inFlight.set(current);
      requests.inc({ route: route ?? 'other', outcome: reply.raw.writableEnded ? outcomeOf(reply.statusCode) : 'client_left' });
      durations.observe({ route: route ?? 'other' }, (performance.now() - startedMs) / 1000);
    });
    if (current <= concurrentMax) return done();
    reply.header('retry-after', '1');
    onRefused(reply, tooMany(concurrentMax), route);
  });
};
