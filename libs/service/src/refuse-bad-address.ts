import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';

/** Answers an address that the router cannot read (such as %zz) as all else that is wrong is answered: an RFC 9457 problem. */
export const refuseBadAddress = ({ statusCode = 400 }: { readonly statusCode?: number }, _request: unknown, reply: FastifyReply): void => {
  void reply.code(statusCode).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[statusCode] ?? 'Error', status: statusCode, detail: 'The address is not well formed.' }));
};
