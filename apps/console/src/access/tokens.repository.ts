import type { Role } from '@ratchet/console-api';
import { newEventId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';
import { hashOf } from './secrets.js';

type Queries = Pick<Transaction, 'query'>;

export interface TokenRow {
  readonly tokenId: string;
  readonly userId: string;
  readonly user: string;
  readonly label: string;
  readonly role: Role;
  readonly readOnly: boolean;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const tokenColumns = `t.token_id as "tokenId", t.user_id as "userId", u.name as "user", t.label, t.role, t.read_only as "readOnly", t.created_at as "createdAt", t.created_by as "createdBy",
  t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt", t.revoked_at as "revokedAt"`;
const tokenTables = 'access_tokens t join users u using (user_id)';

/** The token's place in lists: ids sort by time. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export const tokensBefore = (db: Queries, { userId, before, limit }: { userId?: string | undefined; before?: string | undefined; limit: number }): Promise<TokenRow[]> =>
  userId === undefined
    ? db.query<TokenRow>(`select ${tokenColumns} from ${tokenTables} where t.token_id < $1 order by t.token_id desc limit $2`, [before ?? LAST_ID, limit])
    : db.query<TokenRow>(`select ${tokenColumns} from ${tokenTables} where t.user_id = $3 and t.token_id < $1 order by t.token_id desc limit $2`, [before ?? LAST_ID, limit, userId]);

export const findToken = async (db: Queries, tokenId: string): Promise<TokenRow | undefined> => (await db.query<TokenRow>(`select ${tokenColumns} from ${tokenTables} where t.token_id = $1`, [tokenId]))[0];

export interface NewToken {
  readonly secret: string;
  readonly userId: string;
  readonly label: string;
  readonly role: Role;
  readonly readOnly: boolean;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly isFirst?: boolean;
}

/** Returns the token's id. */
export const addToken = async (tx: Queries, { secret, userId, label, role, readOnly, createdBy, expiresAt, isFirst = false }: NewToken): Promise<string> => {
  const tokenId = newEventId();
  await tx.query(`insert into access_tokens (token_id, token_hash, user_id, label, role, read_only, created_by, expires_at, is_first) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, [
    tokenId, hashOf(secret), userId, label, role, readOnly, createdBy, expiresAt, isFirst,
  ]);
  return tokenId;
};

export const isKnownSecret = async (db: Queries, secret: string): Promise<boolean> => (await db.query('select 1 from access_tokens where token_hash = $1', [hashOf(secret)])).length > 0;

/** Sessions that began with the token end with it. */
export const revokeToken = async (tx: Queries, tokenId: string): Promise<void> => {
  await tx.query('update access_tokens set revoked_at = coalesce(revoked_at, now()) where token_id = $1', [tokenId]);
  await tx.query('delete from sessions where token_id = $1', [tokenId]);
};

/** Takes back the tokens that the configuration gave before. */
export const revokeFirstTokens = async (tx: Queries): Promise<void> => {
  for (const { tokenId } of await tx.query<{ tokenId: string }>('select token_id as "tokenId" from access_tokens where is_first and revoked_at is null')) await revokeToken(tx, tokenId);
};

export interface Proof {
  readonly userId: string;
  readonly name: string;
  readonly userRole: Role | null;
  readonly isDisabled: boolean;
  readonly tokenId: string | null;
  readonly tokenRole: Role | null;
  readonly readOnly: boolean;
  /** Of the token; null where it does not end, or there is none. */
  readonly expiresAt: Date | null;
  readonly isOver: boolean;
  readonly isStale: boolean;
}

/** How exact it is known when something was used last, so that not every request writes. */
export const USED_EXACT_SECONDS = 60;

export const findByToken = async (db: Queries, secret: string): Promise<Proof | undefined> =>
  (
    await db.query<Proof>(
      `select u.user_id as "userId", u.name, u.role as "userRole", u.disabled_at is not null as "isDisabled", t.token_id as "tokenId", t.role as "tokenRole", t.read_only as "readOnly",
         t.expires_at as "expiresAt", (t.revoked_at is not null or coalesce(t.expires_at <= now(), false)) as "isOver",
         coalesce(t.last_used_at < now() - make_interval(secs => $2), true) as "isStale"
       from ${tokenTables} where t.token_hash = $1`,
      [hashOf(secret), USED_EXACT_SECONDS],
    )
  )[0];

export const noteTokenUse = async (db: Queries, tokenId: string): Promise<void> => {
  await db.query('update access_tokens set last_used_at = now() where token_id = $1', [tokenId]);
};
