import { describe, expect, it } from '@jest/globals';
import { setDismissedAside } from './dismissed.js';

const cluster = (clusterId: string, centroid: number[], size: number) => ({ clusterId, centroid, memberIds: Array.from({ length: size }, (_, i) => `${clusterId}-${i}`) });
const dismissed = { opportunityId: 'd', centroid: [1, 0], embedding: 'e', memberIds: new Set<string>(), dismissedSize: 10 };
const open = { opportunityId: 'o', centroid: [0, 1], embedding: 'e', memberIds: new Set<string>() };
const aside = (sizeNow: number) => setDismissedAside({ clusters: [cluster('k1', [1, 0], sizeNow), cluster('k2', [0, 1], 30)], former: [open], dismissed: [dismissed], embedding: 'e' });

describe('setDismissedAside', () => {
  it('keeps a dismissed opportunity closed while it has not grown by half, and leaves the others alone', () => {
    const { clusters, suppressed, reopened } = aside(14);
    expect([clusters.map(({ clusterId }) => clusterId), suppressed.map(({ opportunityId }) => opportunityId), reopened]).toEqual([['k2'], ['d'], []]);
  });

  it('opens it again once it has', () => {
    const { clusters, suppressed, reopened } = aside(15);
    expect([clusters.map(({ clusterId }) => clusterId), suppressed, reopened]).toEqual([['k1', 'k2'], [], [{ ...dismissed, size: 10, isClosed: true }]]);
  });

  it('takes no cluster that an open opportunity is nearer to', () => {
    const near = { ...open, centroid: [1, 0], memberIds: new Set(['k1-0']) };
    const { suppressed } = setDismissedAside({ clusters: [cluster('k1', [1, 0], 3)], former: [near], dismissed: [dismissed], embedding: 'e' });
    expect(suppressed).toEqual([]);
  });
});
