import type { AccessEventKind } from '@ratchet/console-api';
import type { Transaction } from '@ratchet/persistence';
import { chainDecision } from '../audit/decision-chain.js';
import { decisionRecordOf } from '../audit/decision-record.js';
import { noteChange } from '../live/change-feed.js';

export interface AccessEventRow {
  readonly eventId: number;
  readonly kind: AccessEventKind;
  readonly name: string | null;
  readonly body: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly happenedAt: Date;
}

export interface NewAccessEvent {
  readonly kind: AccessEventKind;
  /** Who did it; null where that is not known. */
  readonly name: string | null;
  /** Never a secret. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Where the request came from; null for what the console did by itself. */
  readonly address: string | null;
}

/** What changes anybody's rights is a decision, too; who came and went is not. */
const decisive: ReadonlySet<AccessEventKind> = new Set<AccessEventKind>(['first_admin_made', 'user_added', 'role_changed', 'user_disabled', 'user_enabled', 'token_made', 'token_revoked']);

/** Appends to the record of who came, who was turned away, and whose rights changed. */
export const noteAccess = async (tx: Transaction, { kind, name, body = {}, address }: NewAccessEvent): Promise<void> => {
  const [row] = await tx.query<{ eventId: string; happenedAt: Date }>('insert into access_events (kind, name, body, address) values ($1, $2, $3::jsonb, $4) returning event_id as "eventId", happened_at as "happenedAt"', [
    kind,
    name,
    JSON.stringify(body),
    address,
  ]);
  if (row && decisive.has(kind)) {
    const { reason } = body;
    chainDecision(tx, decisionRecordOf({
      decisionId: `access-${row.eventId}`, model: '*', workload: '*', kind: `access.${kind}`, actor: name ?? 'console', reason: typeof reason === 'string' ? reason : '', body, happenedAt: row.happenedAt.toISOString(),
    }));
  }
  noteChange(tx, 'access');
};

/** The newest first; `before` is an event's id. */
export const accessEventsBefore = async (db: Pick<Transaction, 'query'>, { before, limit }: { before?: number | undefined; limit: number }): Promise<AccessEventRow[]> =>
  (
    await db.query<AccessEventRow>(
      `select event_id::float8 as "eventId", kind, name, body, address, happened_at as "happenedAt" from access_events where event_id < coalesce($1::bigint, 9223372036854775807) order by event_id desc limit $2`,
      [before ?? null, limit],
    )
  );
