import { describe, expect, it } from '@jest/globals';
import { matchIdentities } from './identity.js';

const former = (opportunityId: string, centroid: number[], members: string[], embedding = 'e'): { opportunityId: string; centroid: number[]; embedding: string; memberIds: Set<string> } => ({ opportunityId, centroid, embedding, memberIds: new Set(members) });

describe('matchIdentities', () => {
  it('keeps an id by a near centroid although all members are new', () => {
    const matched = matchIdentities({ clusters: [{ clusterId: 'k', centroid: [1, 0.2], memberIds: ['9'] }], former: [former('o', [1, 0], ['1'])], embedding: 'e' });
    expect(matched.get('k')).toBe('o');
  });

  it('keeps an id by shared members although the centroid moved', () => {
    const matched = matchIdentities({ clusters: [{ clusterId: 'k', centroid: [0, 1], memberIds: ['1', '9'] }], former: [former('o', [1, 0], ['1', '2', '3'])], embedding: 'e' });
    expect(matched.get('k')).toBe('o');
  });

  it('gives a new cluster no former id', () => {
    const matched = matchIdentities({ clusters: [{ clusterId: 'k', centroid: [0.6, 0.8], memberIds: ['1'] }], former: [former('o', [1, 0], ['1', '2', '3', '4'])], embedding: 'e' });
    expect(matched.size).toBe(0);
  });

  it('gives the id of a split opportunity to its larger part, and to one cluster only', () => {
    const clusters = [{ clusterId: 'small', centroid: [1, 0], memberIds: ['1', '2'] }, { clusterId: 'large', centroid: [1, 0], memberIds: ['3', '4', '5'] }];
    const matched = matchIdentities({ clusters, former: [former('o', [1, 0], ['1', '2', '3', '4', '5'])], embedding: 'e' });
    expect([...matched]).toEqual([['large', 'o']]);
  });

  it('does not compare centroids of another embedding', () => {
    const clusters = [{ clusterId: 'k', centroid: [1, 0], memberIds: ['9'] }];
    expect(matchIdentities({ clusters, former: [former('o', [1, 0], ['1'], 'another')], embedding: 'e' }).size).toBe(0);
    expect(matchIdentities({ clusters, former: [former('o', [1, 0, 0], ['1'])], embedding: 'e' }).size).toBe(0);
  });
});
