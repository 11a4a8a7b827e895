import { describe, expect, it } from '@jest/globals';
import { partitionOfKey } from './partition-of-key.js';

describe('partitionOfKey', () => {
  // Hashes that Kafka's own tests give for its murmur2: 21 -> -973932308, foobar -> -790332482, a-little-bit-long-string -> -985981536.
  it.each([
    ['21', -973_932_308],
    ['foobar', -790_332_482],
    ['a-little-bit-long-string', -985_981_536],
    ['a-little-bit-longer-string', -1_486_304_829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58_897_971],
  ])('places %s as the Java client does', (key, hash) => {
    for (const partitions of [1, 6, 50, 1_000]) {
      expect(partitionOfKey(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
      expect(partitionOfKey(Buffer.from(key), partitions)).toBe((hash & 0x7fffffff) % partitions);
    }
  });
});
