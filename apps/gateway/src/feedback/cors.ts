import type { FastifyReply, FastifyRequest } from 'fastify';

/** Lets pages of the named origins read the answer, and no others. */
export const allowOrigin = (request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): boolean => {
  // Caches between must not give one origin's answer to another.
  if (origins.length > 0) reply.header('vary', 'origin');
  const { origin } = request.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  reply.header('access-control-allow-origin', origin);
  return true;
};

export const answerPreflight = (request: FastifyRequest, reply: FastifyReply, origins: readonly string[]): FastifyReply => {
  if (allowOrigin(request, reply, origins)) {
    reply.header('access-control-allow-methods', 'POST').header('access-control-allow-headers', 'content-type, x-ratchet-user, x-ratchet-workload').header('access-control-max-age', '600');
  }
  return reply.code(204).send();
};
