import { describe, expect, test } from '@jest/globals';
import { clusterFailures } from './cluster-failures.js';
import type { FailureItem } from './embed-failures.js';

const TOPICS: Readonly<Record<string, readonly string[]>> = {
  parcel: ['where is my parcel', 'my parcel has not arrived', 'track my parcel please', 'parcel is late again', 'the parcel went missing', 'when does the parcel come', 'parcel still not delivered', 'who has my parcel'],
  invoice: ['send me the invoice for march', 'the invoice shows the wrong amount', 'I need an invoice with my company name', 'download the invoice as a file', 'invoice never came', 'two invoice copies this month', 'correct the invoice address', 'invoice date is wrong'],
  password: ['I forgot my password', 'reset the password', 'my password does not work', 'change password on the account', 'the new password is not accepted', 'password mail never comes', 'locked out after three password tries', 'password rules are unclear'],
};

const items: FailureItem[] = Object.entries(TOPICS).flatMap(([topic, queries]) => queries.map((query, i) => ({ id: `${topic}-${i}`, query, response: 'Sorry, I do not know.' })));
const topicOf = (id: string): string => id.slice(0, id.indexOf('-'));

describe('clusterFailures', () => {
  test('finds the topics and their number by itself', () => {
    const { clusters, k, silhouette } = clusterFailures(items, { kMax: 6 });
    expect(k).toBe(3);
    expect(silhouette).toBeGreaterThan(0.1);
    for (const { memberIds, size } of clusters) {
      expect(new Set(memberIds.map(topicOf)).size).toBe(1);
      expect(size).toBe(8);
    }
  });

  test('names the word that sets each cluster apart', () => {
    for (const { memberIds, commonPatterns } of clusterFailures(items, { k: 3 }).clusters) expect(commonPatterns[0]?.pattern.split(' ')).toContain(topicOf(memberIds[0] ?? ''));
  });

  test('chooses five different representatives among the members, the most central one first', () => {
    for (const { memberIds, representatives } of clusterFailures(items, { k: 3 }).clusters) {
      expect(new Set(representatives).size).toBe(5);
      expect(representatives.every((id) => memberIds.includes(id))).toBe(true);
      expect(representatives[0]).toBe(memberIds[0]);
    }
  });

  test('puts every item in exactly one cluster, and the order of the items in no id', () => {
    const once = clusterFailures(items, { k: 3 });
    expect(once.clusters.flatMap(({ memberIds }) => memberIds).sort()).toEqual(items.map(({ id }) => id).sort());
    const again = clusterFailures([...items].reverse(), { k: 3 });
    expect(new Set(again.clusters.map(({ clusterId }) => clusterId))).toEqual(new Set(once.clusters.map(({ clusterId }) => clusterId)));
  });

  test('gives the same result for the same seed', () => {
    expect(clusterFailures(items, { kMax: 6, seed: 5 })).toEqual(clusterFailures(items, { kMax: 6, seed: 5 }));
  });

  test('assigns what the sample left out', () => {
    const { clusters } = clusterFailures(items, { k: 3, sampleMax: 15 });
    expect(clusters.reduce((sum, { size }) => sum + size, 0)).toBe(items.length);
  });

  test('uses the vectors given', () => {
    const around = (x: number, y: number, i: number) => [x + i * 0.01, y - i * 0.01, 0];
    const given = Array.from({ length: 10 }, (_, i): FailureItem => ({ id: `v${i}`, query: 'the same text', vector: i < 5 ? around(1, 0, i) : around(0, 1, i) }));
    const { clusters, k } = clusterFailures(given);
    expect(k).toBe(2);
    expect(clusters.map(({ memberIds }) => [...memberIds].sort())).toEqual(expect.arrayContaining([['v0', 'v1', 'v2', 'v3', 'v4']]));
    expect(clusters[0]?.centroid).toHaveLength(3);
  });

  test('makes one cluster of what cannot be told apart, and none of nothing', () => {
    expect(clusterFailures([]).k).toBe(0);
    expect(clusterFailures([{ id: 'a', query: 'alone' }])).toMatchObject({ k: 1, silhouette: 0, clusters: [{ size: 1, memberIds: ['a'] }] });
    const same = Array.from({ length: 6 }, (_, i) => ({ id: `${i}`, query: 'where is my parcel' }));
    expect(clusterFailures(same, { k: 4 })).toMatchObject({ k: 1, clusters: [{ size: 6 }] });
    expect(clusterFailures([{ id: 'a', query: '' }, { id: 'b', query: '?!' }]).k).toBe(1);
  });

  test('refuses what makes no sense, and says so', () => {
    expect(() => clusterFailures(items, { k: 0 })).toThrow(/k must be a positive whole number/u);
    expect(() => clusterFailures([...items, { id: 'parcel-0', query: 'again' }])).toThrow(/"parcel-0" stands twice/u);
    expect(() => clusterFailures([{ id: 'a', query: 'x', vector: [1, 0] }, { id: 'b', query: 'y' }])).toThrow(/"b" has no vector/u);
  });
});
