import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

/** Sent with every answer; the page has a policy of its own, which allows what it is made of. */
export const sendSecurityHeaders = (server: FastifyInstance, { HSTS_SECONDS }: Pick<Config, 'HSTS_SECONDS'>): void => {
  server.addHook('onRequest', async (request, reply) => {
    void reply
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'same-origin')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cross-origin-resource-policy', 'same-origin')
      .header('x-frame-options', 'DENY')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    if (HSTS_SECONDS > 0) void reply.header('strict-transport-security', `max-age=${HSTS_SECONDS}`);
    if (request.url.startsWith('/api/')) void reply.header('cache-control', 'no-store');
  });
};
