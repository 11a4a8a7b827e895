import type { FastifyRequest } from 'fastify';
import { csrfOf, isSame } from './secrets.js';

const CHANGES_NOTHING = ['GET', 'HEAD', 'OPTIONS'];

export const changesSomething = (method: string): boolean => !CHANGES_NOTHING.includes(method);

type Asked = Pick<FastifyRequest, 'headers'>;

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

/** Whether a browser sent it from a page of another site, or from none. Programs, which send neither header, are no browsers. */
export const isFromElsewhere = ({ headers }: Asked, publicUrl: string | undefined): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return true;
  const { origin } = headers;
  if (origin === undefined) return false;
  return publicUrl === undefined ? hostOf(origin) !== headers.host : origin !== new URL(publicUrl).origin;
};

export const CSRF_HEADER = 'x-csrf-token';

/** Whether the request carries what only the session's own page can read. */
export const hasCsrfToken = ({ headers }: Asked, sessionSecret: string): boolean => {
  const sent = headers[CSRF_HEADER];
  return typeof sent === 'string' && isSame(sent, csrfOf(sessionSecret));
};
