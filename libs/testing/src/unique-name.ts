import { randomBytes } from 'node:crypto';

/** A name that no other run or test has: `prefix-` and twelve hexadecimal digits. Fit for topics, groups and ids. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(6).toString('hex')}`;
