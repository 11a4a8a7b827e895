import { ConflictException, ForbiddenException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import { mayAct, type Role, type UserChange } from '@ratchet/console-api';
import { Database, type Transaction } from '@ratchet/persistence';
import type { Identity } from '../http/callers.js';
import { noteAccess } from './access-events.repository.js';
import { addUser, changeUser, findUser, holdUser, type User } from './people.repository.js';
import { newToken } from './secrets.js';
import { endSession, endSessionsOf } from './sessions.repository.js';
import { addToken, findToken, revokeToken } from './tokens.repository.js';

/** Who does it, and from where. */
export interface Actor {
  readonly caller: Identity;
  readonly address: string;
}

export interface TokenWish {
  readonly label: string;
  readonly role: Role;
  readonly readOnly: boolean;
  readonly days: number;
  readonly userId?: string | undefined;
}

const DAY_MS = 86_400_000;

const soonest = (one: Date, other: Date | null): Date => (other !== null && other < one ? other : one);

/** Changes of who may do what, each with its line in the record. */
@Injectable()
export class PeopleService {
  constructor(@Inject(Database) private readonly database: Database) {}

  add({ caller, address }: Actor, wish: { name: string; role: Role }): Promise<User> {
    return this.database.transaction(async (tx) => {
      const user = await addUser(tx, wish);
      if (!user) throw new ConflictException(`There is a user ${wish.name} already.`);
      await noteAccess(tx, { kind: 'user_added', name: caller.name, body: { user: user.name, role: user.role }, address });
      return user;
    });
  }

  change(actor: Actor, userId: string, change: UserChange): Promise<User> {
    return this.database.transaction(async (tx) => {
      const user = await holdUser(tx, userId);
      if (!user) throw new NotFoundException('There is no such user.');
      // So that an admin always remains.
      if (user.userId === actor.caller.userId) throw new ConflictException('Another admin has to change what you may do.');
      if (change.role !== undefined && user.issuer !== null) throw new ConflictException(`The sign-in provider gives ${user.name} their role: change it there, or disable them here.`);
      await this.store(tx, actor, user, change);
      return (await findUser(tx, userId)) ?? user;
    });
  }

  private async store(tx: Transaction, { caller, address }: Actor, user: User, { role = user.role ?? undefined, disabled = user.disabledAt !== null, reason }: UserChange): Promise<void> {
    await changeUser(tx, { userId: user.userId, role: role ?? null, isDisabled: disabled });
    const note = (kind: 'role_changed' | 'user_disabled' | 'user_enabled', body: object): Promise<void> => noteAccess(tx, { kind, name: caller.name, body: { user: user.name, ...body, reason }, address });
    if (role !== undefined && role !== user.role) await note('role_changed', { before: user.role, after: role });
    if (disabled === (user.disabledAt !== null)) return;
    if (disabled) await endSessionsOf(tx, user.userId);
    await note(disabled ? 'user_disabled' : 'user_enabled', {});
  }

  makeToken({ caller, address }: Actor, { userId = caller.userId, label, role, readOnly, days }: TokenWish): Promise<{ tokenId: string; token: string; expiresAt: Date }> {
    return this.database.transaction(async (tx) => {
      const isOwn = userId === caller.userId;
      if (!isOwn && !mayAct(caller.role, 'admin')) throw new ForbiddenException('Only an admin makes tokens for others.');
      const user = await holdUser(tx, userId);
      if (!user) throw new NotFoundException('There is no such user.');
      const most = isOwn ? caller.role : user.role;
      if (most === null || !mayAct(most, role)) throw new ForbiddenException(`A token of ${user.name} may be ${most ?? 'nothing'} at most.`);
      const secret = newToken();
      const wished = new Date(Date.now() + days * DAY_MS);
      // Else a token that ends could make one in its place, again and again.
      const expiresAt = isOwn ? soonest(wished, caller.expiresAt) : wished;
      const tokenId = await addToken(tx, { secret, userId, label, role, readOnly, createdBy: caller.name, expiresAt });
      await noteAccess(tx, { kind: 'token_made', name: caller.name, body: { user: user.name, tokenId, label, role, readOnly, expiresAt: expiresAt.toISOString() }, address });
      return { tokenId, token: secret, expiresAt };
    });
  }

  revoke({ caller, address }: Actor, tokenId: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const token = await findToken(tx, tokenId);
      // What others have is not told to those who may not see it.
      if (!token || (token.userId !== caller.userId && !mayAct(caller.role, 'admin'))) throw new NotFoundException('There is no such token.');
      if (token.revokedAt !== null) return;
      await revokeToken(tx, tokenId);
      await noteAccess(tx, { kind: 'token_revoked', name: caller.name, body: { user: token.user, tokenId, label: token.label }, address });
    });
  }

  endSession({ caller, address }: Actor, sessionId: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      if (!(await endSession(tx, { sessionId, userId: caller.userId }))) throw new NotFoundException('There is no such session.');
      await noteAccess(tx, { kind: 'session_ended', name: caller.name, body: { sessionId }, address });
    });
  }
}
