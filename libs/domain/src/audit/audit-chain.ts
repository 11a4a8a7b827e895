import { createHash } from 'node:crypto';
import { canonicalJson } from '../event/canonical-json.js';
import type { CycleRecord } from './audit.js';

/** What stands before the first record. */
export const GENESIS_HASH = '0'.repeat(64);

export interface ChainedRecord {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly record: CycleRecord;
}

/** SHA-256 over the previous hash, the sequence and the canonical JSON of the record, a line each. */
export const hashOf = ({ sequence, previousHash, record }: Omit<ChainedRecord, 'hash'>): string =>
  createHash('sha256').update(`${previousHash}\n${sequence}\n${canonicalJson(record)}`).digest('hex');

export const chainAfter = (last: Pick<ChainedRecord, 'sequence' | 'hash'> | undefined, record: CycleRecord): ChainedRecord => {
  const link = { sequence: (last?.sequence ?? 0) + 1, previousHash: last?.hash ?? GENESIS_HASH, record };
  return { ...link, hash: hashOf(link) };
};

export type ChainVerdict = { readonly valid: true; readonly records: number; readonly head: string } | { readonly valid: false; readonly sequence: number; readonly problem: string };

/** Finds a changed, removed, inserted or reordered record; the records come in the order in which they are stored. */
export const verifyChain = (records: readonly ChainedRecord[]): ChainVerdict => {
  let previousHash = GENESIS_HASH;
  for (const [index, record] of records.entries()) {
    const { sequence } = record;
    if (sequence !== index + 1) return { valid: false, sequence: index + 1, problem: `record ${index + 1} is missing or out of order: ${sequence} stands in its place` };
    if (record.previousHash !== previousHash) return { valid: false, sequence, problem: `record ${sequence} does not follow the one before it` };
    if (hashOf(record) !== record.hash) return { valid: false, sequence, problem: `record ${sequence} has been changed` };
    previousHash = record.hash;
  }
  return { valid: true, records: records.length, head: previousHash };
};
