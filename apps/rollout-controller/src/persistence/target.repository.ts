import { topicOf } from '@ratchet/contracts';
import { routingChanged, type RoutingChanged, type Target, targetKey } from '@ratchet/domain';
import { derivedId, RatchetError } from '@ratchet/observability';
import type { Database, Transaction } from '@ratchet/persistence';
import { POLICY_ACTOR } from '../rollout/decision.js';

export type Draining = NonNullable<RoutingChanged['draining']>;

export interface TargetRow extends Target {
  readonly target: string;
  readonly champion: string;
  readonly previousChampion: string | null;
  readonly revision: number;
  readonly automationHeld: boolean;
  /** Who finishes what it has begun; it may be over by now. */
  readonly draining: Draining | null;
}

const columns = `target, model, workload, champion, previous_champion as "previousChampion", revision, automation_held as "automationHeld", draining`;

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
  readonly rollout?: { readonly rolloutId: string; readonly candidate: string; readonly share: number; readonly stage: number } & Pick<RoutingChanged, 'kind' | 'control' | 'controlShare'>;
  /** What drains from now on, or null where nothing may. Absent: what drains already goes on until its time. */
  readonly draining?: Draining | null;
  readonly actor: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly correlationId?: string;
}

const drainingAfter = ({ draining: before }: TargetRow, { draining = before, at }: RoutingChange): Draining | null => (draining && Date.parse(draining.until) > at ? draining : null);

/**
 * One revision more, kept and announced in the same transaction. The caller holds the target's lock; where that was lost (a failover, a connection
 * that came back), the revision that was read is the fence.
 *
 * @throws {RatchetError} `routing_changed_meanwhile`, retryable: somebody else has changed the routing since it was read
 */
export const changeRouting = async (tx: Transaction, row: TargetRow, change: RoutingChange): Promise<TargetRow> => {
  const { champion, stickTo, rollout, actor, reason, at, correlationId } = change;
  const revision = row.revision + 1;
  const previousChampion = champion === row.champion ? row.previousChampion : row.champion;
  const changedAt = new Date(at).toISOString();
  const draining = drainingAfter(row, change);
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
    ...(rollout?.kind && { kind: rollout.kind }),
    ...(rollout?.control !== undefined && { control: rollout.control }),
    ...(rollout?.controlShare !== undefined && { controlShare: rollout.controlShare }),
    ...(draining && { draining }),
    changedAt,
  };
  return writeRouting(tx, row, { body, draining, previousChampion, actor, reason, ...(correlationId !== undefined && { correlationId }) });
};

interface Written extends Pick<RoutingChange, 'actor' | 'reason' | 'correlationId'> {
  readonly body: RoutingChanged;
  readonly draining: Draining | null;
  readonly previousChampion: string | null;
}

const writeRouting = async (tx: Transaction, row: TargetRow, { body, draining, previousChampion, actor, reason, correlationId }: Written): Promise<TargetRow> => {
  const { champion, revision, changedAt } = body;
  const written = await tx.query(`update targets set champion = $2, previous_champion = $3, revision = $4, draining = $5::jsonb where target = $1 and revision = $6 returning revision`, [
    row.target, champion, previousChampion, revision, draining && JSON.stringify(draining), row.revision,
  ]);
  if (written.length === 0) throw new RatchetError({ code: 'routing_changed_meanwhile', message: `the routing of ${row.target} is not at revision ${row.revision} any more`, retryable: true });
  await tx.query(`insert into routing_revisions (target, revision, body, actor, reason, changed_at) values ($1, $2, $3::jsonb, $4, $5, $6)`, [row.target, revision, JSON.stringify(body), actor, reason, changedAt]);
  tx.emit(routingChanged, body, { id: derivedId('routing', row.target, revision), ...(correlationId !== undefined && { correlationId }) });
  return { ...row, champion, previousChampion, revision, draining };
};

/** Takes from a rollout's candidate the conversations that it still finishes, because an answer of it was unsafe. All else that is served stays as it is. */
export const endDraining = async (tx: Transaction, row: TargetRow, rolloutId: string, at: number): Promise<void> => {
  if (row.draining?.rolloutId !== rolloutId || Date.parse(row.draining.until) <= at) return;
  const [last] = await tx.query<{ body: RoutingChanged }>(`select body from routing_revisions where target = $1 and revision = $2`, [row.target, row.revision]);
  if (!last) return;
  const { draining: _, ...served } = last.body;
  const body = { ...served, revision: row.revision + 1, changedAt: new Date(at).toISOString() };
  await writeRouting(tx, row, { body, draining: null, previousChampion: row.previousChampion, actor: POLICY_ACTOR, reason: `${row.draining.candidate} gave an unsafe answer while it drained` });
};

/** More than any target is changed between two backups. */
const REVISIONS_BEYOND_LOSS = 1_000;

/**
 * Announces what serves once more, after Kafka was lost. The database may be an older one as well, and gateways know newer revisions than it does and
 * keep to them: this one is beyond all that they can know. False where the outbox still holds all that was ever announced.
 */
export const announceAgain = async (tx: Transaction, row: TargetRow, at: number): Promise<boolean> => {
  const [known] = await tx.query<{ body: RoutingChanged; wasPublished: boolean }>(
    `select body, (select count(*) from routing_revisions where target = $1) > (select count(*) from outbox where topic = $3 and key #>> '{}' = $1) as "wasPublished"
     from routing_revisions where target = $1 and revision = $2`,
    [row.target, row.revision, topicOf(routingChanged).name],
  );
  if (!known?.wasPublished) return false;
  const { draining: before, ...served } = known.body;
  const draining = before && Date.parse(before.until) > at ? before : null;
  const body = { ...served, ...(draining && { draining }), revision: row.revision + REVISIONS_BEYOND_LOSS, changedAt: new Date(at).toISOString() };
  await writeRouting(tx, row, { body, draining, previousChampion: row.previousChampion, actor: POLICY_ACTOR, reason: 'Kafka was empty: what serves is announced again' });
  return true;
};
