import { describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '../record.js';
import { splitBatch } from './split-batch.js';

const recordsOf = (sizes: readonly number[]): ConsumedRecord[] =>
  sizes.map((size, i) => ({ topic: 'in', partition: 0, offset: BigInt(i), timestampMs: 0, key: Buffer.alloc(1), value: Buffer.alloc(size - 1), headers: {} }));
const offsetsOf = (parts: readonly ConsumedRecord[][]): number[][] => parts.map((part) => part.map(({ offset }) => Number(offset)));

describe('splitBatch', () => {
  it('fills every part as far as the limit allows, in order', () => {
    expect(offsetsOf(splitBatch(recordsOf([40, 60, 1, 99, 50, 51]), 100))).toEqual([[0, 1], [2, 3], [4], [5]]);
  });

  it('lets a record that is larger than the limit through, alone', () => {
    expect(offsetsOf(splitBatch(recordsOf([10, 500, 10]), 100))).toEqual([[0], [1], [2]]);
  });

  it('makes nothing of nothing, and counts a record without key and value as empty', () => {
    expect(splitBatch([], 100)).toEqual([]);
    const empty = recordsOf([1, 1]).map((record) => ({ ...record, key: null, value: null }));
    expect(splitBatch(empty, 1)).toHaveLength(1);
  });
});
