import { describe, expect, test } from '@jest/globals';
import { ExpiryHeap } from './expiry-heap.js';

describe('ExpiryHeap', () => {
  test('gives items in the order of their due times, equal ones first in first out', () => {
    const heap = new ExpiryHeap<string>();
    const times = [5, 3, 9, 3, 1, 7, 3, 9, 0, 2];
    times.forEach((dueMs, i) => heap.push(`${dueMs}:${i}`, dueMs));
    const out: string[] = [];
    while (heap.size > 0) out.push(heap.pop() ?? '');
    expect(out).toEqual(['0:8', '1:4', '2:9', '3:1', '3:3', '3:6', '5:0', '7:5', '9:2', '9:7']);
    expect(heap.pop()).toBeUndefined();
  });
});
