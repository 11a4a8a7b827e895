import { storable } from '@ratchet/persistence';
import type { Database, Transaction } from '@ratchet/persistence';

type Queries = Pick<Database, 'query'>;

export interface NewDelivery {
  readonly webhook: string;
  readonly messageId: string;
  readonly type: string;
  /** Deliveries of one webhook and key go out one after the other. */
  readonly orderingKey: string;
  readonly body: string;
  readonly workload: string;
  /** Not before; at once where absent. Epoch milliseconds. */
  readonly dueAt?: number;
  readonly isAboutDelivery?: boolean;
}

export interface ClaimedDelivery {
  readonly deliveryId: string;
  readonly messageId: string;
  readonly type: string;
  readonly body: string;
  readonly workload: string | null;
  /** The request to come included. */
  readonly attempts: number;
  readonly ageMs: number;
}

export interface Outcome {
  readonly state: 'waiting' | 'delivered' | 'gave_up';
  readonly waitMs?: number;
  readonly status?: number;
  readonly error?: string;
  readonly response?: string;
}

/** A receiver's answer 410 holds for the address that gave it. */
export interface Ended {
  readonly webhook: string;
  readonly urlHash: string;
}

export const addDelivery = async (tx: Transaction, { webhook, messageId, type, orderingKey, body, workload, dueAt, isAboutDelivery = false }: NewDelivery): Promise<void> => {
  await tx.query(`insert into webhook_deliveries (webhook, message_id, type, ordering_key, body, state, workload, next_attempt_at) values ($1, $2, $3, $4, $5, 'waiting', $6, coalesce(to_timestamp($7::float8 / 1000), now())) on conflict do nothing`, [
    webhook, messageId, type, orderingKey, body, isAboutDelivery ? null : storable(workload), dueAt ?? null,
  ]);
};

/**
 * Takes what is due, at most one delivery of each key, the oldest. It is due again once `leaseMs` have passed without an outcome, so that the sender's death in
 * between only repeats a request; a second sender finds nothing until then.
 */
export const claimDue = async (db: Queries, { webhook, leaseMs, limit }: { readonly webhook: string; readonly leaseMs: number; readonly limit: number }): Promise<ClaimedDelivery[]> =>
  db.query<ClaimedDelivery>(
    `with due as (
       select delivery_id from webhook_deliveries as d
       where webhook = $1 and state = 'waiting' and next_attempt_at <= now()
         and not exists (select from webhook_deliveries as e where e.webhook = $1 and e.state = 'waiting' and e.ordering_key = d.ordering_key and e.delivery_id < d.delivery_id)
       order by delivery_id limit $3 for update skip locked
     )
     update webhook_deliveries as d set attempts = d.attempts + 1, next_attempt_at = now() + make_interval(secs => $2::float8 / 1000), last_attempt_at = now()
     from due where d.delivery_id = due.delivery_id
     returning d.delivery_id::text as "deliveryId", d.message_id as "messageId", d.type, d.body, d.workload, d.attempts, extract(epoch from now() - coalesce(d.again_at, d.created_at))::float8 * 1000 as "ageMs"`,
    [webhook, leaseMs, limit],
  );

/** Notes what came of a request, unless its lease ran out and another request was made since. */
export const noteOutcome = async (db: Queries, { deliveryId, attempts }: Pick<ClaimedDelivery, 'deliveryId' | 'attempts'>, { state, waitMs, status, error, response }: Outcome): Promise<void> => {
  await db.query(
    `update webhook_deliveries set state = $3, next_attempt_at = now() + make_interval(secs => $4::float8 / 1000), last_status = $5, last_error = $6, last_response = $7
     where delivery_id = $1 and attempts = $2 and state = 'waiting'`,
    [deliveryId, attempts, state, waitMs ?? 0, status ?? null, error ?? null, response ?? null],
  );
};

/** The receiver wants nothing more at this address: nothing waits for it any longer. Gives how many deliveries that ended. */
export const endWebhook = async (tx: Transaction, { webhook, urlHash }: Ended): Promise<number> => {
  await tx.query(`insert into webhook_ends (webhook, url_hash) values ($1, $2) on conflict (webhook) do update set url_hash = excluded.url_hash, ended_at = now()`, [webhook, urlHash]);
  return (await tx.query(`update webhook_deliveries set state = 'gave_up', last_error = coalesce(last_error, 'gone') where webhook = $1 and state = 'waiting' returning delivery_id`, [webhook])).length;
};

export const hasEnded = async (db: Queries, { webhook, urlHash }: Ended): Promise<boolean> => (await db.query('select from webhook_ends where webhook = $1 and url_hash = $2', [webhook, urlHash])).length > 0;

export interface Waiting {
  readonly waiting: number;
  readonly oldestSeconds: number;
}

export const waitingOf = async (db: Queries, webhook: string): Promise<Waiting> => {
  const rows = await db.query<Waiting>(
    `select count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds" from webhook_deliveries where webhook = $1 and state = 'waiting'`,
    [webhook],
  );
  return rows[0] ?? { waiting: 0, oldestSeconds: 0 };
};

export interface LastDelivery {
  readonly webhookId: string;
  readonly type: string;
  readonly state: Outcome['state'];
  readonly attempts: number;
  readonly lastAttemptAt: Date;
  readonly nextAttemptAt: Date;
  readonly status: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

/** Those that a request was made for, the newest request first. */
export const lastDeliveries = (db: Queries, webhook: string, limit: number): Promise<LastDelivery[]> =>
  db.query<LastDelivery>(
    `select message_id as "webhookId", type, state, attempts, last_attempt_at as "lastAttemptAt", next_attempt_at as "nextAttemptAt", last_status as status, last_error as error, last_response as response
     from webhook_deliveries where webhook = $1 and last_attempt_at is not null order by last_attempt_at desc, delivery_id desc limit $2`,
    [webhook, limit],
  );

export const pruneDeliveries = async (db: Queries, days: number): Promise<void> => {
  await db.query(`delete from webhook_deliveries where created_at < now() - make_interval(days => $1::int)`, [days]);
};
