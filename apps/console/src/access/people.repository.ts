import type { Role } from '@ratchet/console-api';
import { newEventId } from '@ratchet/observability';
import type { Transaction } from '@ratchet/persistence';

type Queries = Pick<Transaction, 'query'>;

export interface User {
  readonly userId: string;
  readonly name: string;
  readonly role: Role | null;
  readonly issuer: string | null;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
}

const userColumns = `user_id as "userId", name, role, issuer, created_at as "createdAt", disabled_at as "disabledAt"`;

export const LOCAL_ADMIN = 'admin';

export const usersAfter = (db: Queries, { after, limit }: { after: string; limit: number }): Promise<User[]> =>
  db.query<User>(`select ${userColumns} from users where name > $1 order by name limit $2`, [after, limit]);

export const findUser = async (db: Queries, userId: string): Promise<User | undefined> => (await db.query<User>(`select ${userColumns} from users where user_id = $1`, [userId]))[0];
/** As {@link findUser}; nobody else changes the user until the transaction ends. */
export const holdUser = async (tx: Queries, userId: string): Promise<User | undefined> => (await tx.query<User>(`select ${userColumns} from users where user_id = $1 for update`, [userId]))[0];

export const findUserByName = async (db: Queries, name: string): Promise<User | undefined> => (await db.query<User>(`select ${userColumns} from users where name = $1`, [name]))[0];

/** Undefined where the name is taken. */
export const addUser = async (tx: Queries, { name, role }: { name: string; role: Role }): Promise<User | undefined> =>
  (await tx.query<User>(`insert into users (user_id, name, role) values ($1, $2, $3) on conflict do nothing returning ${userColumns}`, [newEventId(), name, role]))[0];

export interface ProvidedUser {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string;
  readonly role: Role | null;
}

export const findProvidedUser = async (db: Queries, { issuer, subject }: Pick<ProvidedUser, 'issuer' | 'subject'>): Promise<User | undefined> =>
  (await db.query<User>(`select ${userColumns} from users where issuer = $1 and subject = $2`, [issuer, subject]))[0];

/** Whom the provider tells of, with the role that it gives now. Their name stays that of their first sign-in, as it stands in the records. */
export const storeProvidedUser = async (tx: Queries, { issuer, subject, name, role }: ProvidedUser): Promise<User | undefined> =>
  (
    await tx.query<User>(
      `insert into users (user_id, name, role, issuer, subject) values ($1, $2, $3, $4, $5) on conflict (issuer, subject) do update set role = excluded.role returning ${userColumns}`,
      [newEventId(), name, role, issuer, subject],
    )
  )[0];

export const changeUser = async (tx: Queries, { userId, role, isDisabled }: { userId: string; role: Role | null; isDisabled: boolean }): Promise<void> => {
  await tx.query(`update users set role = $2, disabled_at = case when $3 then coalesce(disabled_at, now()) end where user_id = $1`, [userId, role, isDisabled]);
};

/** Whether anybody can still sign in as admin. */
export const hasAdmin = async (db: Queries): Promise<boolean> =>
  (
    await db.query(
      `select 1 from users u where role = 'admin' and disabled_at is null and (issuer is not null
         or exists (select 1 from access_tokens t where t.user_id = u.user_id and t.role = 'admin' and not t.read_only and t.revoked_at is null and (t.expires_at is null or t.expires_at > now()))) limit 1`,
    )
  ).length > 0;
