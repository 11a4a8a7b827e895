import type { Target } from '@ratchet/domain';
import type { ContentRequest } from '../generation/confirmed-wordings.js';
import type { Queryable } from './queryable.js';

export interface SeenRequest extends Target {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly userId: string | undefined;
  readonly query: string;
  readonly response: string;
  readonly startedAt: string;
}

export const storeSeen = async (tx: Queryable, { interactionId, model, workload, conversationId, userId, query, response, startedAt }: SeenRequest): Promise<void> => {
  await tx.query(
    'insert into traffic (interaction_id, model, workload, conversation_id, user_id, query, response, started_at) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (interaction_id) do nothing',
    [interactionId, model, workload, conversationId, userId ?? null, query, response, startedAt],
  );
};

/** It may come before the request itself is known. */
export const storeConfirmation = async (tx: Queryable, { interactionId, signal, at }: { interactionId: string; signal: string; at: string }): Promise<void> => {
  await tx.query('insert into traffic_confirmations (interaction_id, signal, confirmed_at) values ($1, $2, $3) on conflict (interaction_id) do nothing', [interactionId, signal, at]);
};

/** What went well: confirmed, and no failure. */
export const loadContent = async (db: Queryable, { model, workload }: Target): Promise<ContentRequest[]> => {
  const rows = await db.query<{ interactionId: string; conversationId: string; userId: string | null; query: string; response: string; confirmedBy: string }>(
    `select t.interaction_id as "interactionId", t.conversation_id as "conversationId", t.user_id as "userId", t.query, t.response, c.signal as "confirmedBy"
     from traffic t join traffic_confirmations c using (interaction_id)
     where t.model = $1 and t.workload = $2 and not exists (select from failures f where f.interaction_id = t.interaction_id) order by t.sequence`,
    [model, workload],
  );
  return rows.map(({ userId, ...row }) => ({ ...row, ...(userId !== null && { userId }) }));
};

export const pruneTraffic = async (db: Queryable, { trafficMax, windowDays }: { trafficMax: number; windowDays: number }): Promise<void> => {
  await db.query(
    `delete from traffic where started_at < now() - make_interval(days => $2::int) or sequence in (
       select sequence from (select sequence, row_number() over (partition by model, workload order by sequence desc) as n from traffic) ranked where n > $1
     )`,
    [trafficMax, windowDays],
  );
  await db.query('delete from traffic_confirmations where confirmed_at < now() - make_interval(days => $1::int)', [windowDays]);
};
