import { createHash } from 'node:crypto';

/** The salt keeps this choice independent of every other one that is made by a hash of the same id. */
const SALT = 'quality-sample:';

/** Whether an interaction is in the sample: by its id, so that every instance and every repeat chooses the same ones. */
export const isSampled = ({ interactionId, rate }: { interactionId: string; rate: number }): boolean =>
  createHash('sha256').update(SALT + interactionId).digest().readUInt32BE(0) < rate * 2 ** 32;
