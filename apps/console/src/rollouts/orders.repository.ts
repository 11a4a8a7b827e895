import { storable } from '@ratchet/persistence';
import type { Automation, OrderFate } from '@ratchet/console-api';
import type { Command, CommandRefused } from '@ratchet/domain';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;

export const isOfRollouts = ({ name }: Command): boolean => /^(candidate|rollout|automation|experiment)\./.test(name);

export const storeOrder = async (tx: Transaction, command: Command): Promise<void> => {
  const order = storable(command);
  const { commandId, model, workload, name, actor, reason, issuedAt } = order;
  await tx.query(
    `insert into orders (command_id, model, workload, name, version, actor, reason, issued_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [commandId, model, workload, name, 'version' in order ? order.version : null, actor, reason, issuedAt],
  );
  if (name !== 'automation.hold' && name !== 'automation.release') return;
  await tx.query(
    `insert into automation_holds as h (model, workload, is_held, command_id, actor, reason, changed_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (model, workload) do update set is_held = excluded.is_held, command_id = excluded.command_id, actor = excluded.actor, reason = excluded.reason, changed_at = excluded.changed_at
     where h.changed_at <= excluded.changed_at`,
    [model, workload, name === 'automation.hold', commandId, actor, reason, issuedAt],
  );
};

export const storeRefusal = async (tx: Transaction, refused: CommandRefused): Promise<void> => {
  const { commandId, message, refusedAt } = storable(refused);
  await tx.query(`insert into order_refusals (command_id, message, refused_at) values ($1, $2, $3) on conflict do nothing`, [commandId, message, refusedAt]);
};

/** A refusal or an effect may be read before the order itself; before any of them it counts as given. */
export const fateOf = async (db: Queries, commandId: string): Promise<OrderFate> => {
  const [{ refusal, effect } = { refusal: null, effect: null }] = await db.query<{ refusal: string | null; effect: string | null }>(
    `select (select message from order_refusals where command_id = $1) as refusal, coalesce(
       (select to_state from rollout_transitions where command_id = $1 limit 1), (select body->>'status' from experiment_steps where command_id = $1 order by sequence desc limit 1),
       (select body->>'status' from experiments where experiment_id = $1), (select case when is_held then 'held' else 'released' end from automation_holds where command_id = $1)
     ) as effect`,
    [commandId],
  );
  if (refusal !== null) return { commandId, fate: 'refused', message: refusal };
  return { commandId, fate: effect === null ? 'ordered' : 'obeyed', message: effect };
};

const TARGETS_MAX = 500;

/** By target, whether people hold the automation; a hold that was refused holds nothing. */
export const automations = async (db: Queries, only?: { readonly model: string; readonly workload: string }): Promise<Automation[]> => {
  const rows = await db.query<Omit<Automation, 'at'> & { at: Date | null }>(
    `select t.model, t.workload, t.routing->>'champion' as champion, coalesce(h.is_held and r.command_id is null, false) as "isHeld", h.actor, h.reason, h.changed_at as at
     from targets t left join automation_holds h using (model, workload) left join order_refusals r using (command_id)
     where $1::text is null or (t.model = $1 and t.workload = $2) order by t.model, t.workload limit ${TARGETS_MAX}`,
    [only?.model ?? null, only?.workload ?? null],
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at?.toISOString() ?? null }));
};
