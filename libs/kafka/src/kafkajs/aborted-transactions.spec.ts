import { describe, expect, it } from '@jest/globals';
import { hideAborted } from './aborted-transactions.js';
import type { FetchedPartition } from './aborted-transactions.js';

const data = (offset: number, producerId: string) => ({ offset: String(offset), key: null, isControlRecord: false, batchContext: { producerId, inTransaction: true } });
const marker = (offset: number, producerId: string, type: 'abort' | 'commit') => ({ ...data(offset, producerId), isControlRecord: true, key: Buffer.from([0, 0, 0, type === 'abort' ? 0 : 1]) });
const visibleIn = (partition: FetchedPartition): number[] => {
  hideAborted(partition);
  return partition.messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
};

describe('hideAborted', () => {
  it('hides transactions that overlap, listed in the order in which they ended', () => {
    const messages = [data(1, 'a'), data(2, 'b'), data(3, 'c'), marker(4, 'c', 'abort'), marker(5, 'b', 'abort'), data(6, 'd'), marker(7, 'a', 'abort'), marker(8, 'd', 'commit'), data(9, 'a'), marker(10, 'a', 'commit')];
    const abortedTransactions = [{ producerId: 'c', firstOffset: '3' }, { producerId: 'b', firstOffset: '2' }, { producerId: 'a', firstOffset: '1' }];
    expect(visibleIn({ messages, abortedTransactions })).toEqual([6, 9]);
  });

  it('hides transactions that began before the fetch', () => {
    const messages = [data(50, 'b'), data(51, 'a'), marker(52, 'a', 'abort'), marker(53, 'b', 'abort')];
    expect(visibleIn({ messages, abortedTransactions: [{ producerId: 'a', firstOffset: '7' }, { producerId: 'b', firstOffset: '30' }] })).toEqual([]);
  });

  it('leaves everything else as it is', () => {
    const messages = [data(1, 'a'), { ...data(2, 'a'), batchContext: { producerId: '-1', inTransaction: false } }, marker(3, 'a', 'commit')];
    expect(visibleIn({ messages, abortedTransactions: null })).toEqual([1, 2]);
  });
});
