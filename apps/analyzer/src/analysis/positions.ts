import { layOut } from '@ratchet/clustering';
import type { MapPosition } from '@ratchet/domain';
import type { FormerOpportunity, FoundCluster, Identity } from './identity.js';

const DIGITS = 4;

const rounded = (value: number): number => Number(value.toFixed(DIGITS));

/** Where each cluster is on the target's map; what was known before starts from its former place, so that people find it again. */
export const positionsOf = ({ clusters, identities, former }: {
  readonly clusters: readonly FoundCluster[];
  readonly identities: ReadonlyMap<string, Identity>;
  readonly former: readonly FormerOpportunity[];
}): Map<string, MapPosition> => {
  const before = new Map(former.map(({ opportunityId, position }) => [opportunityId, position ?? undefined]));
  const places = layOut(clusters.map(({ centroid }) => centroid), { former: clusters.map(({ clusterId }) => before.get(identities.get(clusterId)?.opportunityId ?? '')) });
  return new Map(clusters.flatMap(({ clusterId }, i) => {
    const place = places[i];
    return place === undefined ? [] : [[clusterId, { x: rounded(place.x), y: rounded(place.y) }] as const];
  }));
};
