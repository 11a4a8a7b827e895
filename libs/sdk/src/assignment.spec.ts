import { describe, expect, test } from '@jest/globals';

import { armOf, assign, AssignmentError, bucketOf, BUCKETS } from './assignment.js';
import { murmur3 } from './murmur3.js';

const keys = (count: number): string[] => Array.from({ length: count }, (_, index) => `conversation-${index}`);
const rollout = { model: 'support-assistant', salt: 'rollout-7', candidate: 'v2', champion: 'v1' };

describe('bucketOf', () => {
  test('is the 64-bit integer scaling of the hash', () => {
    for (const key of keys(2_000)) {
      const scaled = Number((BigInt(murmur3(`s:${key}`)) * BigInt(BUCKETS)) >> 32n);
      expect(bucketOf('s', key)).toBe(scaled);
    }
  });

  test('spreads the same keys differently under another salt', () => {
    const same = keys(2_000).filter((key) => bucketOf('a', key) === bucketOf('b', key));
    expect(same.length).toBeLessThan(5);
  });
});

describe('armOf', () => {
  test.each([0.01, 0.07, 0.29, 0.57])('gives a share of %d exactly that many of the buckets', (share) => {
    const count = Math.round(share * BUCKETS);
    expect(armOf({ bucket: count - 1, share })).toBe('candidate');
    expect(armOf({ bucket: count, share })).not.toBe('candidate');
  });

  test('puts the control group on the top buckets, as large as the candidate', () => {
    expect(armOf({ bucket: 98_999, share: 0.01 })).toBe('rest');
    expect(armOf({ bucket: 99_000, share: 0.01 })).toBe('control');
  });

  test('never lets the control group take buckets from a candidate above one half', () => {
    expect(armOf({ bucket: 69_999, share: 0.7 })).toBe('candidate');
    expect(armOf({ bucket: 70_000, share: 0.7 })).toBe('control');
    expect(armOf({ bucket: 99_999, share: 1 })).toBe('candidate');
  });

  test('gives nobody to a candidate without a share', () => {
    expect(armOf({ bucket: 0, share: 0 })).toBe('rest');
    expect(armOf({ bucket: 99_999, share: 0 })).toBe('rest');
  });
});

describe('assign', () => {
  test('moves no key out of the candidate while its share grows from 1 to 100 %', () => {
    const stages = [0.01, 0.05, 0.25, 0.5, 1];
    for (const key of keys(20_000)) {
      const arms = stages.map((share) => assign({ ...rollout, key, share }).arm === 'candidate');
      expect(arms).toEqual([...arms].sort());
    }
  });

  test.each([0.01, 0.05, 0.25, 0.5])('serves a share of %d within four standard errors', (share) => {
    const n = 100_000;
    const candidates = keys(n).filter((key) => assign({ ...rollout, key, share }).version === 'v2').length;
    expect(Math.abs(candidates / n - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / n));
  });

  test('reads the share of the candidate and the champion from the weights', () => {
    for (const key of keys(500)) {
      const byWeights = assign({ salt: 's', key, weights: { v1: 0.9, v2: 0.1 }, candidate: 'v2' });
      expect(byWeights).toEqual(assign({ salt: 's', key, share: 0.1, candidate: 'v2', champion: 'v1' }));
    }
  });

  test.each([undefined, null, ''])('gives the champion, outside both groups, to the missing key %p', (key) => {
    expect(assign({ ...rollout, key, share: 1 })).toEqual({ version: 'v1', arm: 'rest', bucket: null });
  });

  test('serves the only version to everybody when nothing is being proved', () => {
    expect(assign({ salt: 's', key: 'k', weights: { v1: 1 } }).version).toBe('v1');
  });

  test.each([
    [{ v1: 0.9, v2: 0.2 }, 'v2', 'add up to'],
    [{ v1: 90, v2: 10 }, 'v2', 'fraction from 0 to 1'],
    [{ v1: 0.9, v2: 0.1 }, 'v3', 'do not name the candidate'],
    [{ v1: 0.9, v2: 0.1 }, undefined, 'name the candidate'],
    [{ v1: 0.8, v2: 0.1, v3: 0.1 }, 'v2', 'two versions'],
    [{}, undefined, 'name no version'],
  ])('refuses the weights %j with candidate %p', (weights, candidate, message) => {
    const attempt = (): unknown => assign({ salt: 's', key: 'k', weights: weights as Record<string, number>, candidate });
    expect(attempt).toThrow(AssignmentError);
    expect(attempt).toThrow(message);
  });

  test('refuses a share in percent', () => {
    expect(() => assign({ ...rollout, key: 'k', share: 5 })).toThrow('fraction from 0 to 1');
  });
});
