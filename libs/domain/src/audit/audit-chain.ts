import { createHash } from 'node:crypto';
import { canonicalJson } from '../event/canonical-json.js';
import type { CycleRecord } from './audit.js';

/** What stands before the first record. */
export const GENESIS_HASH = '0'.repeat(64);

export interface ChainedRecord<R = CycleRecord> {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly record: R;
}

/** The last link of a chain. */
export type ChainHead = Pick<ChainedRecord, 'sequence' | 'hash'>;

/** SHA-256 over the previous hash, the sequence and the canonical JSON of the record, a line each. */
export const hashOf = ({ sequence, previousHash, record }: Omit<ChainedRecord<unknown>, 'hash'>): string =>
  createHash('sha256').update(`${previousHash}\n${sequence}\n${canonicalJson(record)}`).digest('hex');

export const chainAfter = <R>(last: ChainHead | undefined, record: R): ChainedRecord<R> => {
  const link = { sequence: (last?.sequence ?? 0) + 1, previousHash: last?.hash ?? GENESIS_HASH, record };
  return { ...link, hash: hashOf(link) };
};

export type ChainVerdict = { readonly valid: true; readonly records: number; readonly head: string } | { readonly valid: false; readonly sequence: number; readonly problem: string };

/** What is wrong with a record that stands right after `last`, if anything is. */
export const problemAfter = (last: ChainHead | undefined, link: ChainedRecord<unknown>): string | undefined => {
  const expected = (last?.sequence ?? 0) + 1;
  const { sequence } = link;
  if (sequence !== expected) return `record ${expected} is missing or out of order: ${sequence} stands in its place`;
  if (link.previousHash !== (last?.hash ?? GENESIS_HASH)) return `record ${sequence} does not follow the one before it`;
  return hashOf(link) === link.hash ? undefined : `record ${sequence} has been changed`;
};

/** Finds a changed, removed, inserted or reordered record; the records come in the order in which they are stored. */
export const verifyChain = (records: readonly ChainedRecord<unknown>[]): ChainVerdict => {
  let last: ChainHead | undefined;
  for (const record of records) {
    const problem = problemAfter(last, record);
    if (problem !== undefined) return { valid: false, sequence: (last?.sequence ?? 0) + 1, problem };
    last = record;
  }
  return { valid: true, records: records.length, head: last?.hash ?? GENESIS_HASH };
};
