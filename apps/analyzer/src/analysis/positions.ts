import { layOut } from '@ratchet/clustering';
import type { MapPosition } from '@ratchet/domain';
import type { FormerOpportunity, FoundCluster, Identity } from './identity.js';

const DIGITS = 4;
/** More could not be told apart on a map, and each pair of them takes time. */
const PLACED_MAX = 200;

const rounded = (value: number): number => Number(value.toFixed(DIGITS));

/** Where the largest clusters are on the target's map; what was known before starts from its former place, so that people find it again. */
export const positionsOf = ({ clusters, identities, former }: {
  readonly clusters: readonly FoundCluster[];
  readonly identities: ReadonlyMap<string, Identity>;
  readonly former: readonly FormerOpportunity[];
}): Map<string, MapPosition> => {
  const before = new Map(former.map(({ opportunityId, position }) => [opportunityId, position ?? undefined]));
  const placed = clusters.toSorted((a, b) => b.memberIds.length - a.memberIds.length).slice(0, PLACED_MAX);
  const places = layOut(placed.map(({ centroid }) => centroid), { former: placed.map(({ clusterId }) => before.get(identities.get(clusterId)?.opportunityId ?? '')) });
  return new Map(placed.flatMap(({ clusterId }, i) => {
    const place = places[i];
    return place === undefined ? [] : [[clusterId, { x: rounded(place.x), y: rounded(place.y) }] as const];
  }));
};
