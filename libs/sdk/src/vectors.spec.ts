import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

import { type Arm, armOf, assign, bucketOf, BUCKETS } from './assignment.js';
import { murmur3 } from './murmur3.js';

interface Vectors {
  murmur3: { text: string; hash: number }[];
  arms: { bucket: number; share: number; controlShare: number | null; arm: Arm }[];
  assignments: { salt: string; key: string; bucket: number; share: number; controlShare: number | null; arm: Arm }[];
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'vectors.json'), 'utf8')) as Vectors;

// As flagd's test bed, Unleash's client specification and the reference implementation give them.
const published = {
  ejOoVL: 0, 'bY9fO-': 1, 'SI7p-': 2147483647, '6LvT0': 2147483648, ceQdGm: 4294967295,
  'gr1:123': 538421172, 'feat:hellø': 1690774796, 'feat:你好': 3729216835, 'feat:😊': 2260962564,
};

describe('vectors.json', () => {
  test('has the hashes that others publish', () => {
    const known = new Map(vectors.murmur3.map(({ text, hash }) => [text, hash]));
    for (const [text, hash] of Object.entries(published)) expect([text, known.get(text)]).toEqual([text, hash]);
    expect(known.get('')).toBe(0);
  });

  test('is what this code computes', () => {
    for (const { text, hash } of vectors.murmur3) expect([text, murmur3(text)]).toEqual([text, hash]);
    for (const { bucket, share, controlShare, arm } of vectors.arms) expect([bucket, share, armOf({ bucket, share, controlShare: controlShare ?? undefined })]).toEqual([bucket, share, arm]);
    for (const { salt, key, bucket, share, controlShare, arm } of vectors.assignments) {
      expect(bucketOf(salt, key)).toBe(bucket);
      expect(assign({ salt, key, share, controlShare: controlShare ?? undefined, candidate: 'v2', champion: 'v1' })).toEqual({ version: arm === 'candidate' ? 'v2' : 'v1', arm, bucket });
    }
  });

  test('has every arm, buckets by the published rule in whole numbers, and texts that are not ASCII', () => {
    for (const { salt, key, bucket } of vectors.assignments) expect(Number((BigInt(murmur3(`${salt}:${key}`)) * BigInt(BUCKETS)) >> 32n)).toBe(bucket);
    for (const rows of [vectors.arms, vectors.assignments]) expect(new Set(rows.map(({ arm }) => arm))).toEqual(new Set(['candidate', 'control', 'rest']));
    expect(vectors.murmur3.filter(({ text }) => !/^[\0-\x7f]*$/.test(text)).length).toBeGreaterThan(10);
    expect(vectors.murmur3.filter(({ text }) => !text.isWellFormed()).length).toBeGreaterThan(3);
  });
});
