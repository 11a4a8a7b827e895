import { createHash } from 'node:crypto';
import { canonicalJson } from '@ratchet/domain';
import type { AuditRecorded } from '@ratchet/domain';

/**
 * Follows the chain as an auditor would, from the topic alone.
 *
 * @throws {Error} naming the first record that does not fit.
 */
export const followChain = (records: readonly AuditRecorded[]): void => {
  let previousHash = '0'.repeat(64);
  [...records]
    .sort((a, b) => a.sequence - b.sequence)
    .forEach(({ sequence, previousHash: claimed, hash, record }, index) => {
      if (sequence !== index + 1) throw new Error(`record ${index + 1} is missing: ${sequence} stands in its place`);
      if (claimed !== previousHash) throw new Error(`record ${sequence} does not follow the one before it`);
      const computed = createHash('sha256').update(`${previousHash}\n${sequence}\n${canonicalJson(record)}`).digest('hex');
      if (computed !== hash) throw new Error(`record ${sequence} has been changed`);
      previousHash = hash;
    });
};
