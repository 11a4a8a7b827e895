import { momentaryAlerts, type AlertQuery, type AlertShown, type DeliveryQuery, type DeliveryShown } from '@ratchet/console-api';
import { derivedId } from '@ratchet/observability';
import { storable } from '@ratchet/persistence';
import type { Database, Transaction } from '@ratchet/persistence';
import { chainDecision } from '../audit/decision-chain.js';
import { changeRecordOf } from '../audit/decision-record.js';

type Queries = Pick<Database, 'query'>;
type Page<T> = { readonly items: T[]; readonly next: string | null };

interface AlertRow extends Record<string, unknown> {
  readonly alertId: string;
  readonly workload: string;
  readonly name: string;
  readonly severity: AlertShown['severity'];
  readonly message: string;
  readonly raisedAt: Date;
  readonly cursorAt: string;
  readonly resolvedAt: Date | null;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly ackAt: Date | null;
}

const stateOf = ({ name, resolvedAt }: AlertRow): AlertShown['state'] => (momentaryAlerts.includes(name) ? 'happened' : resolvedAt ? 'resolved' : 'open');

const shown = (row: AlertRow): AlertShown => ({
  alertId: row.alertId, workload: row.workload, name: row.name, severity: row.severity, message: row.message, state: stateOf(row), raisedAt: row.raisedAt.toISOString(), resolvedAt: row.resolvedAt?.toISOString() ?? null,
  acknowledged: row.actor === null || row.ackAt === null ? null : { by: row.actor, at: row.ackAt.toISOString(), reason: row.reason ?? '' },
});

const stateConditions = {
  all: '$1::text[] is not null',
  open: 'resolved_at is null and name <> all($1::text[])',
  past: '(resolved_at is not null or name = any($1::text[]))',
} as const;

/** The newest first. `next` is a moment and an id. */
export const alertPage = async (db: Queries, { state, severity, workload, next, limit }: AlertQuery): Promise<Page<AlertShown>> => {
  const at = next?.slice(0, next.indexOf('~'));
  const id = next?.slice(next.indexOf('~') + 1);
  const after = at !== undefined && /^\d{1,18}$/u.test(at) ? at : null;
  const rows = await db.query<AlertRow>(
    `select a.alert_id as "alertId", workload, a.name, a.severity, a.body->>'message' as message, raised_at as "raisedAt", (extract(epoch from raised_at) * 1000000)::bigint::text as "cursorAt", resolved_at as "resolvedAt", k.actor, k.reason, k.at as "ackAt"
     from alerts as a left join alert_acknowledgements as k on k.alert_id = a.alert_id
     where ${stateConditions[state]} and ($2::text is null or a.severity = $2) and ($3::text is null or workload = $3)
       and ($4::bigint is null or (raised_at, a.alert_id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $5))
     order by raised_at desc, a.alert_id desc limit $6`,
    [momentaryAlerts, severity ?? null, workload ?? null, after, id ?? '', limit + 1],
  );
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(shown), next: last ? `${last.cursorAt}~${last.alertId}` : null };
};

/** False where there is no such alert; the first to acknowledge stays. */
export const acknowledge = async (tx: Transaction, { alertId, actor, reason }: { readonly alertId: string; readonly actor: string; readonly reason: string }): Promise<boolean> => {
  const id = storable(alertId);
  const [alert] = await tx.query<{ workload: string; name: string }>(`select workload, body ->> 'name' as name from alerts where alert_id = $1`, [id]);
  if (!alert) return false;
  const added = await tx.query<{ at: Date }>('insert into alert_acknowledgements (alert_id, actor, reason) values ($1, $2, $3) on conflict do nothing returning at', [id, actor, storable(reason)]);
  for (const { at } of added) {
    const change = { kind: 'alert.acknowledged', actor, reason, before: { acknowledged: false }, after: { acknowledged: true, alertId: id, name: alert.name } };
    chainDecision(tx, changeRecordOf({ decisionId: derivedId('acknowledged', id), model: '*', workload: alert.workload, ...change, happenedAt: at.toISOString() }));
  }
  return true;
};

const iso = (value: unknown): string | null => (value instanceof Date ? value.toISOString() : null);

export const deliveryPage = async (db: Queries, { state, next, limit }: DeliveryQuery): Promise<Page<DeliveryShown>> => {
  const rows = await db.query<Record<string, unknown> & { deliveryId: string }>(
    `select delivery_id::text as "deliveryId", webhook as receiver, type, state, attempts, created_at as "createdAt", last_attempt_at as "lastAttemptAt", next_attempt_at as "nextAttemptAt",
       last_status as status, last_error as error, last_response as response, again_by as "sentAgainBy"
     from webhook_deliveries where ($1::text is null or state = $1) and ($2::bigint is null or delivery_id < $2::bigint) order by delivery_id desc limit $3`,
    [state ?? null, next ?? null, limit + 1],
  );
  const items = rows.slice(0, limit).map((row) => ({ ...row, createdAt: iso(row['createdAt']), lastAttemptAt: iso(row['lastAttemptAt']), nextAttemptAt: row['state'] === 'waiting' ? iso(row['nextAttemptAt']) : null }) as unknown as DeliveryShown);
  return { items, next: rows.length > limit ? (items.at(-1)?.deliveryId ?? null) : null };
};

/** Begins anew with what was given up; gives its receiver, or undefined where nothing of it was given up. */
export const sendAgain = async (tx: Transaction, deliveryId: string, actor: string): Promise<string | undefined> => {
  const [sent] = await tx.query<{ webhook: string; workload: string | null; at: Date }>(
    `update webhook_deliveries set state = 'waiting', attempts = 0, next_attempt_at = now(), again_at = now(), again_by = $2 where delivery_id = $1::bigint and state = 'gave_up' returning webhook, workload, again_at as at`,
    [deliveryId, actor],
  );
  if (!sent) return undefined;
  const happenedAt = sent.at.toISOString();
  const change = { kind: 'delivery.sent_again', actor, reason: 'to try again what was given up', before: { state: 'gave_up' }, after: { state: 'waiting', deliveryId, receiver: sent.webhook } };
  chainDecision(tx, changeRecordOf({ decisionId: derivedId('sent again', deliveryId, happenedAt), model: '*', workload: sent.workload ?? '*', ...change, happenedAt }));
  return sent.webhook;
};

export const troubleOf = async (db: Queries, receiver: string): Promise<string | null> => iso((await db.query<{ since: Date }>('select since from receiver_troubles where receiver = $1', [receiver]))[0]?.since);
