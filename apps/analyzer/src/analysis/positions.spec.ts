import { describe, expect, it } from '@jest/globals';
import { positionsOf } from './positions.js';
import type { FoundCluster } from './identity.js';

const cluster = (i: number, of: number): FoundCluster => ({ clusterId: `k${i}`, centroid: Array.from({ length: of }, (_, d) => (d === i ? 1 : 0)), memberIds: Array.from({ length: 1 + i }, (_, m) => `${i}-${m}`) });

describe('positionsOf', () => {
  it('places the 200 largest clusters', () => {
    const positions = positionsOf({ clusters: Array.from({ length: 210 }, (_, i) => cluster(i, 210)), identities: new Map(), former: [] });
    expect(positions.size).toBe(200);
    expect(positions.has('k9')).toBe(false);
    expect(positions.has('k10')).toBe(true);
  });

  it('places none of none, and a lone cluster where it was', () => {
    expect(positionsOf({ clusters: [], identities: new Map(), former: [] }).size).toBe(0);
    const former = [{ opportunityId: 'known', centroid: [1], embedding: 'e', memberIds: new Set<string>(), position: { x: 0.25, y: -0.5 } }];
    const identities = new Map([['k0', { opportunityId: 'known', change: { kind: 'steady' as const, from: ['known'], previousSize: 1 } }]]);
    expect(positionsOf({ clusters: [cluster(0, 1)], identities, former }).get('k0')).toEqual({ x: 0.25, y: -0.5 });
  });
});
