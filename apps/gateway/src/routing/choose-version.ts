import type { Assignment, RoutingChanged, Target, VersionPublished } from '@ratchet/domain';
import { routeRequest } from '@ratchet/sdk';
import type { RoutingTable } from './routing-table.js';

export interface Requester {
  readonly conversationId: string;
  readonly userId: string | undefined;
  /** A tester's wish (`x-ratchet-version`). */
  readonly wantedVersion: string | undefined;
  /** The conversation has an answer already. */
  readonly continues: boolean;
  readonly segment: string | undefined;
  readonly covariate: number | undefined;
}

export interface Choice {
  readonly version: VersionPublished;
  /** Who answers when the chosen one cannot; absent where the champion is the chosen one. */
  readonly fallback: VersionPublished | undefined;
  /** Present while a rollout or an experiment runs. */
  readonly assignment: Assignment | undefined;
  readonly overridden: boolean;
  /** True where the contents of the assigned version have not arrived yet, so the champion was chosen in its place. */
  readonly fellBack: boolean;
}

export type Chosen = { readonly ok: true; readonly choice: Choice } | { readonly ok: false; readonly reason: 'version_unknown' | 'champion_missing' };

/** Whose answer a request gets. Sticky: the same key has the same version for as long as the shares allow (rule of @ratchet/sdk). */
export const chooseVersion = ({ table, route, requester }: { table: RoutingTable; route: RoutingChanged; requester: Requester }): Chosen => {
  const champion = table.version(route.champion);
  const { wantedVersion, ...request } = requester;
  if (wantedVersion !== undefined) return override({ table, route, champion, versionId: wantedVersion });
  const { version, assignment } = routeRequest({ routing: route, ...request });
  const assigned = table.version(version);
  if (assigned) return { ok: true, choice: { version: assigned, fallback: assigned === champion ? undefined : champion, assignment, overridden: false, fellBack: false } };
  if (!champion) return { ok: false, reason: 'champion_missing' };
  return { ok: true, choice: { version: champion, fallback: undefined, assignment, overridden: false, fellBack: true } };
};

const override = ({ table, route, champion, versionId }: { table: RoutingTable; route: RoutingChanged; champion: VersionPublished | undefined; versionId: string }): Chosen => {
  const version = table.version(versionId);
  if (!version || !sameTarget(version, route)) return { ok: false, reason: 'version_unknown' };
  const assignment: Assignment | undefined =
    route.rolloutId !== undefined && route.candidate !== undefined ? { rolloutId: route.rolloutId, stage: route.stage, arm: 'rest', version: versionId, overridden: true } : undefined;
  // A tester who asked for one version must not be answered by another one.
  return { ok: true, choice: { version, fallback: undefined, assignment, overridden: versionId !== champion?.versionId || assignment !== undefined, fellBack: false } };
};

const sameTarget = (a: Target, b: Target): boolean => a.model === b.model && a.workload === b.workload;
