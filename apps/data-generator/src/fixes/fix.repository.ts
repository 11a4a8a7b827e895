import { strategySchema, type FixPatch, type FixType, type OpportunityRanked, type Strategy, type Target } from '@ratchet/domain';
import type { Queryable } from '../persistence/queryable.js';
import type { PatchedFixType } from './build-fix.js';

/** What the analysis wants done about an opportunity. */
export interface FixWish {
  readonly opportunityId: string;
  readonly fixType: FixType;
  readonly needsPerson: boolean;
  readonly strategy: Strategy | undefined;
  readonly heading: string | null;
}

export type FixState = 'open' | 'promoted' | 'failed' | 'insufficient' | 'rolled_back' | 'dropped';

export interface FormerFix {
  readonly state: FixState;
  readonly baseVersion: string;
  readonly patchHash: string;
  readonly testCount: number;
}

export interface NewFix extends Target {
  readonly fixId: string;
  readonly opportunityId: string;
  readonly fixType: PatchedFixType;
  readonly baseVersion: string;
  readonly patchHash: string;
  readonly patch: FixPatch;
  readonly datasetId: string;
  readonly testCount: number;
}

export const saveWish = async (tx: Queryable, { opportunityId, model, workload, fixType, diagnosis, strategyChoice }: OpportunityRanked): Promise<void> => {
  await tx.query(
    `insert into fix_wishes (opportunity_id, model, workload, fix_type, needs_person, strategy) values ($1, $2, $3, $4, $5, $6::jsonb)
     on conflict (opportunity_id) do update set fix_type = excluded.fix_type, needs_person = excluded.needs_person, strategy = excluded.strategy`,
    [opportunityId, model, workload, fixType, diagnosis?.needsPerson ?? false, strategyChoice ? JSON.stringify(strategyChoice.strategy) : null],
  );
};

/** By opportunity, of those that are open. */
export const loadWishes = async (db: Queryable, { model, workload }: Target): Promise<Map<string, FixWish>> => {
  const rows = await db.query<{ opportunity_id: string; fix_type: FixType; needs_person: boolean; strategy: unknown; heading: string | null }>(
    `select w.opportunity_id, w.fix_type, w.needs_person, w.strategy, w.heading from fix_wishes w join opportunities o using (opportunity_id) where w.model = $1 and w.workload = $2 and o.state = 'open'`,
    [model, workload],
  );
  return new Map(
    rows.map((row) => [
      row.opportunity_id,
      { opportunityId: row.opportunity_id, fixType: row.fix_type, needsPerson: row.needs_person, strategy: row.strategy === null ? undefined : strategySchema.parse(row.strategy), heading: row.heading },
    ]),
  );
};

/** Of closed opportunities as well: their sections may still stand in a prompt. */
export const loadHeadings = async (db: Queryable, { model, workload }: Target): Promise<Set<string>> => {
  const rows = await db.query<{ heading: string }>('select heading from fix_wishes where model = $1 and workload = $2 and heading is not null', [model, workload]);
  return new Set(rows.map(({ heading }) => heading));
};

export const rememberHeading = async (tx: Queryable, opportunityId: string, heading: string): Promise<void> => {
  await tx.query('update fix_wishes set heading = $2 where opportunity_id = $1 and heading is null', [opportunityId, heading]);
};

export const saveComment = async (tx: Queryable, { interactionId, userId, comment, givenAt }: { interactionId: string; userId: string | undefined; comment: string; givenAt: string }): Promise<void> => {
  await tx.query('insert into failure_comments (interaction_id, user_id, comment, given_at) values ($1, $2, $3, $4) on conflict do nothing', [interactionId, userId ?? null, comment, givenAt]);
};

export const loadComments = async (db: Queryable, interactionIds: readonly string[]): Promise<Map<string, string[]>> => {
  const rows = await db.query<{ interaction_id: string; comments: string[] }>(
    'select interaction_id, array_agg(comment order by given_at, comment) as comments from failure_comments where interaction_id = any($1::text[]) group by interaction_id',
    [interactionIds],
  );
  return new Map(rows.map(({ interaction_id, comments }) => [interaction_id, comments]));
};

export const pruneComments = async (db: Queryable, windowDays: number): Promise<void> => {
  await db.query('delete from failure_comments where given_at < now() - make_interval(days => $1::int)', [windowDays]);
};

export const loadFormerFixes = async (db: Queryable, opportunityId: string): Promise<FormerFix[]> =>
  db.query<FormerFix & Record<string, unknown>>(
    `select state, base_version as "baseVersion", patch_hash as "patchHash", test_count as "testCount" from fix_proposals where opportunity_id = $1 order by proposed_at`,
    [opportunityId],
  );

/** False where another run proposed it meanwhile. */
export const saveFix = async (tx: Queryable, fix: NewFix): Promise<boolean> => {
  const rows = await tx.query(
    `insert into fix_proposals (fix_id, model, workload, opportunity_id, fix_type, base_version, patch_hash, patch, dataset_id, test_count)
     values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10) on conflict do nothing returning fix_id`,
    [fix.fixId, fix.model, fix.workload, fix.opportunityId, fix.fixType, fix.baseVersion, fix.patchHash, JSON.stringify(fix.patch), fix.datasetId, fix.testCount],
  );
  return rows.length > 0;
};

/** A fix that is built again on a later champion has another cycle. */
export const noteCycle = async (tx: Queryable, { fixId, cycleId, version }: { fixId: string; cycleId: string; version?: string }): Promise<void> => {
  await tx.query('update fix_proposals set cycle_id = $2, version_id = coalesce($3, version_id), updated_at = now() where fix_id = $1', [fixId, cycleId, version ?? null]);
};

/** What came last is true: a promoted fix may be rolled back, and one with too little evidence promoted by a person. */
export const endFixOfCycle = async (tx: Queryable, cycleId: string, state: Exclude<FixState, 'open'>): Promise<void> => {
  await tx.query('update fix_proposals set state = $2, updated_at = now() where cycle_id = $1', [cycleId, state]);
};

export const failFixOfVersion = async (tx: Queryable, { model, workload, version }: Target & { version: string }): Promise<void> => {
  await tx.query(`update fix_proposals set state = 'failed', updated_at = now() where model = $1 and workload = $2 and version_id = $3 and state in ('open', 'insufficient')`, [model, workload, version]);
};

/** Of an opportunity that is gone. */
export const dropFixes = async (tx: Queryable, opportunityId: string): Promise<void> => {
  await tx.query(`update fix_proposals set state = 'dropped', updated_at = now() where opportunity_id = $1 and state in ('open', 'insufficient')`, [opportunityId]);
};
