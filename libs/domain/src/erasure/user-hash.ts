import { createHash } from 'node:crypto';

/** How an erased user is named in records that outlive the data: SHA-256 of the id, in hexadecimal digits. */
export const userHashOf = (userId: string): string => createHash('sha256').update(userId).digest('hex');

/** Among a million users, two share 64 bits once in 40 million rollouts. */
const UNIT_HASH_DIGITS = 16;

/**
 * How a user is named where they are counted as a unit of a rollout or experiment: 16 hexadecimal digits. Its id goes in, so that the
 * same user has another name in the next one, and in the record of an erasure ({@link userHashOf}): nothing but the user's id joins them.
 */
export const unitHashOf = ({ rolloutId, userId }: { rolloutId: string; userId: string }): string =>
  createHash('sha256').update(`unit\u0000${rolloutId}\u0000${userId}`).digest('hex').slice(0, UNIT_HASH_DIGITS);
