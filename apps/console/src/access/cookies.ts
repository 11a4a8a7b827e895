import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { csrfOf } from './secrets.js';

type Where = Pick<Config, 'PUBLIC_URL'>;

export const isSecure = ({ PUBLIC_URL }: Where): boolean => PUBLIC_URL?.startsWith('https:') === true;

/** With the prefix, browsers take the cookie from this host alone, over https. */
const named = (where: Where, name: string): string => `${isSecure(where) ? '__Host-' : ''}${name}`;

export const sessionCookie = (where: Where): string => named(where, 'ratchet_session');
/** The page reads it, and sends it as a header. */
export const csrfCookie = (where: Where): string => named(where, 'ratchet_csrf');
export const providerCookie = (where: Where): string => named(where, 'ratchet_sign_in');

interface CookieOptions {
  readonly path: '/';
  readonly sameSite: 'lax';
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly maxAge?: number;
}

const optionsOf = (where: Where, httpOnly = true): CookieOptions => ({ path: '/', sameSite: 'lax', secure: isSecure(where), httpOnly });

export const readCookie = (request: FastifyRequest, name: string): string | undefined => request.cookies[name];

export const setSessionCookies = (reply: FastifyReply, where: Where, secret: string): void => {
  void reply.setCookie(sessionCookie(where), secret, optionsOf(where)).setCookie(csrfCookie(where), csrfOf(secret), optionsOf(where, false));
};

export const clearSessionCookies = (reply: FastifyReply, where: Where): void => {
  void reply.clearCookie(sessionCookie(where), optionsOf(where)).clearCookie(csrfCookie(where), optionsOf(where, false));
};

const SIGN_IN_SECONDS = 600;

export const setProviderCookie = (reply: FastifyReply, where: Where, value: string): void => {
  void reply.setCookie(providerCookie(where), value, { ...optionsOf(where), maxAge: SIGN_IN_SECONDS });
};

export const clearProviderCookie = (reply: FastifyReply, where: Where): void => {
  void reply.clearCookie(providerCookie(where), optionsOf(where));
};
