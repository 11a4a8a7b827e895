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
    expect(heap.nextDueMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('keeps that order while it grows, and while items come and go', () => {
    const heap = new ExpiryHeap<{ dueMs: number; sequence: number }>();
    const waiting: { dueMs: number; sequence: number }[] = [];
    for (let i = 0; i < 5_000; i += 1) {
      const item = { dueMs: (i * 7_919) % 97, sequence: i };
      heap.push(item, item.dueMs);
      waiting.push(item);
      if (i % 3 !== 2) continue;
      waiting.sort((a, b) => a.dueMs - b.dueMs || a.sequence - b.sequence);
      expect(heap.nextDueMs).toBe(waiting[0]?.dueMs);
      expect(heap.pop()).toBe(waiting.shift());
    }
    expect(heap.size).toBe(waiting.length);
  });
});
