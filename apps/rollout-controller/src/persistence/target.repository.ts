import { routingChanged, type RoutingChanged, type Target, targetKey } from '@ratchet/domain';
import { derivedId } from '@ratchet/observability';
import type { Database, Transaction } from '@ratchet/persistence';

export interface TargetRow extends Target {
  readonly target: string;
  readonly champion: string;
  readonly previousChampion: string | null;
  readonly revision: number;
  readonly automationHeld: boolean;
}

const columns = `target, model, workload, champion, previous_champion as "previousChampion", revision, automation_held as "automationHeld"`;

/** All that changes a target's routing or rollouts holds this lock, so revisions only grow and two controllers take turns. */
export const lockTarget = async (tx: Transaction, target: string): Promise<TargetRow | undefined> =>
  (await tx.query<TargetRow>(`select ${columns} from targets where target = $1 for update`, [target]))[0];

export const allTargets = (database: Pick<Database, 'query'>): Promise<TargetRow[]> => database.query<TargetRow>(`select ${columns} from targets order by target`);

/** Undefined where the target has a champion already. */
export const insertTarget = async (tx: Transaction, target: Target, champion: string): Promise<TargetRow | undefined> =>
  (
    await tx.query<TargetRow>(`insert into targets (target, model, workload, champion, revision) values ($1, $2, $3, $4, 0) on conflict do nothing returning ${columns}`, [
      targetKey(target),
      target.model,
      target.workload,
      champion,
    ])
  )[0];

export const holdAutomation = async (tx: Transaction, target: string, held: boolean): Promise<void> => {
  await tx.query(`update targets set automation_held = $2 where target = $1`, [target, held]);
};

interface RoutingChange {
  readonly champion: string;
  readonly stickTo: RoutingChanged['stickTo'];
  /** Absent: the champion alone serves. */
  readonly rollout?: { readonly rolloutId: string; readonly candidate: string; readonly share: number; readonly stage: number };
  readonly actor: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly correlationId?: string;
}

/** One revision more, kept and announced in the same transaction. The caller holds the target's lock. */
export const changeRouting = async (tx: Transaction, row: TargetRow, change: RoutingChange): Promise<TargetRow> => {
  const { champion, stickTo, rollout, actor, reason, at, correlationId } = change;
  const revision = row.revision + 1;
  const previousChampion = champion === row.champion ? row.previousChampion : row.champion;
  const changedAt = new Date(at).toISOString();
  const body: RoutingChanged = {
    model: row.model,
    workload: row.workload,
    revision,
    champion,
    ...(rollout && { candidate: rollout.candidate, rolloutId: rollout.rolloutId }),
    share: rollout?.share ?? 0,
    stage: rollout?.stage ?? 0,
    salt: rollout?.rolloutId ?? '',
    stickTo,
    changedAt,
  };
  await tx.query(`update targets set champion = $2, previous_champion = $3, revision = $4 where target = $1`, [row.target, champion, previousChampion, revision]);
  await tx.query(`insert into routing_revisions (target, revision, body, actor, reason, changed_at) values ($1, $2, $3::jsonb, $4, $5, $6)`, [row.target, revision, JSON.stringify(body), actor, reason, changedAt]);
  tx.emit(routingChanged, body, { id: derivedId('routing', row.target, revision), ...(correlationId !== undefined && { correlationId }) });
  return { ...row, champion, previousChampion, revision };
};
