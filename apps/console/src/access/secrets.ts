import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;

/** What marks a token of this product for people, and for scanners of leaked secrets. */
export const TOKEN_PREFIX = 'rtk_';

export const newSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
export const newToken = (): string => `${TOKEN_PREFIX}${newSecret()}`;

/** What the database keeps of a secret. With 256 random bits in it, a slow hash would add nothing. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** The token that a page sends with every change: bound to the session, and of no use without it. */
export const csrfOf = (sessionSecret: string): string => createHash('sha256').update(`csrf:${sessionSecret}`).digest('base64url');

/** Takes the same time wherever two texts differ. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(hashOf(one), hashOf(other));
