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

  test('gives the control group a share of its own, at the top', () => {
    const sizes = { share: 0.01, controlShare: 0.2 };
    expect([999, 1000, 79_999, 80_000].map((bucket) => armOf({ bucket, ...sizes }))).toEqual(['candidate', 'rest', 'rest', 'control']);
    expect([0, 99_999].map((bucket) => armOf({ bucket, share: 0.5, controlShare: 0 }))).toEqual(['candidate', 'rest']);
    expect([49_999, 50_000].map((bucket) => armOf({ bucket, share: 0.5, controlShare: 0.5 }))).toEqual(['candidate', 'control']);
  });

  test('refuses shares that leave no room for each other', () => {
    expect(() => armOf({ bucket: 0, share: 0.7, controlShare: 0.4 })).toThrow('add up to more than 1');
    expect(() => armOf({ bucket: 0, share: 0.1, controlShare: 2 })).toThrow(AssignmentError);
  });

  test('gives nobody to a candidate without a share', () => {
    expect(armOf({ bucket: 0, share: 0 })).toBe('rest');
    expect(armOf({ bucket: 99_999, share: 0 })).toBe('rest');
  });
});

describe('assign', () => {
  test('moves no key of a million out of the candidate while its share grows from 1 to 100 %, and serves each share within four standard errors', () => {
    const stages = [0.01, 0.05, 0.25, 0.5, 1];
    const n = 1_000_000;
    const served = stages.map(() => 0);
    let left = 0;
    for (let at = 0; at < n; at += 1) {
      const bucket = bucketOf('rollout-7', `conversation-${at}`);
      let before = false;
      for (let stage = 0; stage < stages.length; stage += 1) {
        const isIn = armOf({ bucket, share: stages[stage] ?? 0 }) === 'candidate';
        if (isIn) served[stage] = (served[stage] ?? 0) + 1;
        if (before && !isIn) left += 1;
        before = isIn;
      }
    }
    expect(left).toBe(0);
    for (const [stage, share] of stages.entries()) {
      expect(Math.abs((served[stage] ?? 0) / n - share)).toBeLessThanOrEqual(4 * Math.sqrt((share * (1 - share)) / n));
    }
  });

  test('serves the control arm its own version, and everybody else the champion', () => {
    const arms = { candidate: 'v2', control: 'v3', rest: 'v1' };
    for (const key of keys(2_000)) {
      const byShares = assign({ ...rollout, key, share: 0.2, control: 'v3', controlShare: 0.3 });
      expect(byShares.version).toBe(arms[byShares.arm]);
      expect(byShares.arm).toBe(armOf({ bucket: byShares.bucket ?? 0, share: 0.2, controlShare: 0.3 }));
      expect(assign({ salt: rollout.salt, key, weights: { v1: 0.5, v2: 0.2, v3: 0.3 }, candidate: 'v2', control: 'v3' })).toEqual(byShares);
    }
  });

  test('takes the champion as the control, in words or in silence', () => {
    const key = keys(2_000).find((at) => assign({ ...rollout, key: at, share: 0.1 }).arm === 'control');
    expect(assign({ ...rollout, key, share: 0.1, control: 'v1' })).toEqual(assign({ ...rollout, key, share: 0.1 }));
    expect(assign({ salt: rollout.salt, key, weights: { v1: 0.9, v2: 0.1 }, candidate: 'v2', control: 'v1' })).toEqual(assign({ ...rollout, key, share: 0.1 }));
    expect(assign({ salt: rollout.salt, key, weights: { v1: 0.9, v2: 0.1 }, candidate: 'v2', controlShare: 0 }).arm).toBe('rest');
  });

  test("lets the champion be the candidate of a test against another version", () => {
    expect(assign({ ...rollout, key: 'k', share: 1, candidate: 'v1', control: 'v3', controlShare: 0 })).toMatchObject({ version: 'v1', arm: 'candidate' });
    expect(() => assign({ ...rollout, key: 'k', share: 0.5, control: 'v2' })).toThrow('control are both');
  });

  test('refuses a control whose share has no room, whoever asks', () => {
    expect(() => assign({ ...rollout, key: undefined, share: 0.6, control: 'v3', controlShare: 0.5 })).toThrow('add up to more than 1');
    expect(() => assign({ salt: 's', key: 'k', weights: { v1: 0.5, v2: 0.2, v3: 0.3 }, candidate: 'v2', control: 'v3', controlShare: 0.1 })).toThrow('give the control 0.3');
    expect(() => assign({ salt: 's', key: 'k', weights: { v1: 0.9, v2: 0.1 }, candidate: 'v2', control: 'v3' })).toThrow('do not name the control');
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
