import { readWidget } from '@ratchet/feedback-widget';
import type { FastifyInstance } from 'fastify';

/** `GET /v1/feedback-widget.js`: the script of the feedback widget, for any page. */
export const widgetRoutes = (scope: FastifyInstance): void => {
  const { script, etag } = readWidget();
  scope.get('/v1/feedback-widget.js', { config: { route: 'widget' } }, async (request, reply) => {
    reply.headers({
      etag,
      'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
      // A script is no secret, and a page that pins it by `integrity` must be allowed to read it.
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(script);
  });
};
