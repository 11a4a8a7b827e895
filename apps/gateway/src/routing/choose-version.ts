import type { Assignment, RoutingChanged, Target, VersionPublished } from '@ratchet/domain';
import { assign } from '@ratchet/sdk';
import type { RoutingTable } from './routing-table.js';

export interface Requester {
  readonly conversationId: string;
  readonly userId: string | undefined;
  /** A tester's wish (`x-ratchet-version`). */
  readonly wantedVersion: string | undefined;
}

export interface Choice {
  readonly version: VersionPublished;
  /** Who answers when the chosen one cannot; absent where the champion is the chosen one. */
  readonly fallback: VersionPublished | undefined;
  /** Present while a rollout runs. */
  readonly assignment: Assignment | undefined;
  readonly overridden: boolean;
  /** True where the assigned candidate's contents have not arrived yet, so the champion was chosen in its place. */
  readonly fellBack: boolean;
}

export type Chosen = { readonly ok: true; readonly choice: Choice } | { readonly ok: false; readonly reason: 'version_unknown' | 'champion_missing' };

/** Whose answer a request gets. Sticky: the same key has the same version for as long as the shares allow (rule of @ratchet/sdk). */
export const chooseVersion = ({ table, route, requester }: { table: RoutingTable; route: RoutingChanged; requester: Requester }): Chosen => {
  const champion = table.version(route.champion);
  if (requester.wantedVersion !== undefined) return override({ table, route, champion, versionId: requester.wantedVersion });
  const assignment = assignmentOf(route, requester);
  const assigned = assignment ? table.version(assignment.version) : champion;
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

const assignmentOf = (route: RoutingChanged, { conversationId, userId }: Requester): Assignment | undefined => {
  const { rolloutId, candidate, champion, share, salt, stage, stickTo, model } = route;
  if (rolloutId === undefined || candidate === undefined || candidate === champion) return undefined;
  const key = stickTo === 'user' ? (userId ?? conversationId) : conversationId;
  const { version, arm } = assign({ model, salt, key, share, candidate, champion });
  return { rolloutId, stage, arm, version };
};
