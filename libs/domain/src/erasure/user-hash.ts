import { createHash } from 'node:crypto';

/** How an erased user is named in records that outlive the data: SHA-256 of the id, in hexadecimal digits. */
export const userHashOf = (userId: string): string => createHash('sha256').update(userId).digest('hex');
