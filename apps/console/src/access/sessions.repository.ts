import { newEventId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { hashOf } from './secrets.js';
import { type Proof, USED_EXACT_SECONDS } from './tokens.repository.js';

type Queries = Pick<Transaction, 'query'>;

export interface SessionRow {
  readonly sessionId: string;
  readonly createdAt: Date;
  readonly seenAt: Date;
  readonly endsAt: Date;
  readonly address: string;
  readonly agent: string;
}

export interface NewSession {
  readonly secret: string;
  readonly userId: string;
  readonly tokenId: string | null;
  readonly hours: number;
  readonly address: string;
  readonly agent: string;
}

/** A session never outlives the token that it began with. */
export const addSession = async (tx: Queries, { secret, userId, tokenId, hours, address, agent }: NewSession): Promise<void> => {
  await tx.query(
    `insert into sessions (session_id, session_hash, user_id, token_id, ends_at, address, agent)
     values ($1, $2, $3, $4, least(now() + make_interval(hours => $5), (select expires_at from access_tokens where token_id = $4)), $6, $7)`,
    [newEventId(), hashOf(secret), userId, tokenId, hours, address, agent],
  );
};

export type SessionProof = Proof & { readonly sessionId: string };

export const findBySession = async (db: Queries, secret: string, idleMinutes: number): Promise<SessionProof | undefined> =>
  (
    await db.query<SessionProof>(
      `select s.session_id as "sessionId", u.user_id as "userId", u.name, u.role as "userRole", u.disabled_at is not null as "isDisabled", t.token_id as "tokenId", t.role as "tokenRole",
         coalesce(t.read_only, false) as "readOnly", t.expires_at as "expiresAt",
         (s.ends_at <= now() or s.seen_at <= now() - make_interval(mins => $2) or t.revoked_at is not null or coalesce(t.expires_at <= now(), false)) as "isOver",
         s.seen_at < now() - make_interval(secs => $3) as "isStale"
       from sessions s join users u using (user_id) left join access_tokens t on t.token_id = s.token_id where s.session_hash = $1`,
      [hashOf(secret), idleMinutes, USED_EXACT_SECONDS],
    )
  )[0];

export const noteSessionUse = async (db: Queries, sessionId: string): Promise<void> => {
  await db.query('update sessions set seen_at = now() where session_id = $1', [sessionId]);
};

const LISTED_MAX = 200;

export const sessionsOf = (db: Queries, userId: string, idleMinutes: number): Promise<SessionRow[]> =>
  db.query<SessionRow>(
    `select session_id as "sessionId", created_at as "createdAt", seen_at as "seenAt", ends_at as "endsAt", address, agent from sessions
     where user_id = $1 and ends_at > now() and seen_at > now() - make_interval(mins => $2) order by session_id desc limit ${LISTED_MAX}`,
    [userId, idleMinutes],
  );

/** Whether there was one of this id. */
export const endSession = async (tx: Queries, { sessionId, userId }: { sessionId: string; userId: string }): Promise<boolean> =>
  (await tx.query('delete from sessions where session_id = $1 and user_id = $2 returning 1', [sessionId, userId])).length > 0;

export const endSecret = async (tx: Queries, secret: string): Promise<void> => {
  await tx.query('delete from sessions where session_hash = $1', [hashOf(secret)]);
};

export const endSessionsOf = async (tx: Queries, userId: string): Promise<void> => {
  await tx.query('delete from sessions where user_id = $1', [userId]);
};

export const pruneSessions = async (db: Queries, idleMinutes: number): Promise<void> => {
  await db.query('delete from sessions where ends_at <= now() or seen_at <= now() - make_interval(mins => $1)', [idleMinutes]);
};
