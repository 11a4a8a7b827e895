import { ForbiddenException, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Role } from '@ratchet/console-api';
import { Database, type Transaction } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { type Identity, identityOf } from '../http/callers.js';
import { noteAccess } from './access-events.repository.js';
import { addressOf } from './address.js';
import { clearSessionCookies, readCookie, sessionCookie, setSessionCookies } from './cookies.js';
import { isFromElsewhere } from './cross-site.js';
import { Limits } from './limits.js';
import { findProvidedUser, findUserByName, type ProvidedUser, storeProvidedUser, type User } from './people.repository.js';
import { newSecret } from './secrets.js';
import { addSession, endSecret, endSessionsOf } from './sessions.repository.js';
import { findByToken, noteTokenUse } from './tokens.repository.js';

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

const AGENT_LENGTH_MAX = 200;

/** Makes and ends the sessions of pages. */
@Injectable()
export class SignInService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Limits) private readonly limits: Limits,
  ) {}

  async byToken({ request, reply }: Exchange, secret: string): Promise<Identity> {
    if (isFromElsewhere(request, this.config.PUBLIC_URL)) throw new ForbiddenException('A page of another site cannot sign anybody in here.');
    await this.limits.ofAddress(request, reply);
    const proof = await findByToken(this.database, secret);
    const caller = proof && identityOf(proof, 'session');
    if (!caller) {
      await this.refuse(request, { name: proof?.name ?? null, by: 'token', reason: proof ? 'no_longer_valid' : 'unknown' });
      throw new UnauthorizedException('This token is not valid: it is mistyped, expired or revoked.');
    }
    await this.database.transaction(async (tx) => {
      if (caller.tokenId !== null) await noteTokenUse(tx, caller.tokenId);
      await this.begin(tx, { request, reply }, { userId: caller.userId, name: caller.name, role: caller.role, tokenId: caller.tokenId, by: 'token' });
    });
    return caller;
  }

  /** Whether they may come in: with a role, and not disabled. Their role is what the provider says now, here and for the tokens that they made. */
  byProvider({ request, reply }: Exchange, told: ProvidedUser): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const before = await findProvidedUser(tx, told);
      const user = before || told.role !== null ? await storeProvidedUser(tx, { ...told, name: await this.freeName(tx, told, before) }) : undefined;
      const address = addressOf(request, this.config.PROXIES_IN_FRONT);
      if (user && !before) await noteAccess(tx, { kind: 'user_added', name: user.name, body: { user: user.name, role: user.role, by: 'provider' }, address });
      if (before && before.role !== told.role) await noteAccess(tx, { kind: 'role_changed', name: before.name, body: { user: before.name, before: before.role, after: told.role, by: 'provider' }, address });
      if (!user || user.role === null || user.disabledAt !== null) {
        if (user) await endSessionsOf(tx, user.userId);
        await noteAccess(tx, { kind: 'sign_in_refused', name: user?.name ?? told.name, body: { by: 'provider', reason: user?.disabledAt ? 'disabled' : 'no_role' }, address });
        return false;
      }
      await this.begin(tx, { request, reply }, { userId: user.userId, name: user.name, role: user.role, tokenId: null, by: 'provider' });
      return true;
    });
  }

  async refuse(request: FastifyRequest, { name, by, reason }: { name: string | null; by: 'token' | 'provider'; reason: string }): Promise<void> {
    await this.database.transaction((tx) => noteAccess(tx, { kind: 'sign_in_refused', name, body: { by, reason }, address: addressOf(request, this.config.PROXIES_IN_FRONT) }));
  }

  async signOut({ request, reply }: Exchange, caller: Identity): Promise<void> {
    const secret = readCookie(request, sessionCookie(this.config));
    await this.database.transaction(async (tx) => {
      if (secret !== undefined) await endSecret(tx, secret);
      await noteAccess(tx, { kind: 'signed_out', name: caller.name, address: addressOf(request, this.config.PROXIES_IN_FRONT) });
    });
    clearSessionCookies(reply, this.config);
  }

  /** A new id each time: one that somebody planted in the browser before is worth nothing after. */
  private async begin(tx: Transaction, { request, reply }: Exchange, { userId, name, role, tokenId, by }: { userId: string; name: string; role: Role; tokenId: string | null; by: 'token' | 'provider' }): Promise<void> {
    const earlier = readCookie(request, sessionCookie(this.config));
    if (earlier !== undefined) await endSecret(tx, earlier);
    const secret = newSecret();
    const address = addressOf(request, this.config.PROXIES_IN_FRONT);
    await addSession(tx, { secret, userId, tokenId, hours: this.config.SESSION_HOURS, address, agent: (request.headers['user-agent'] ?? '').slice(0, AGENT_LENGTH_MAX) });
    await noteAccess(tx, { kind: 'signed_in', name, body: { by, role, ...(tokenId !== null && { tokenId }) }, address });
    setSessionCookies(reply, this.config, secret);
  }

  /** Nobody takes the name of another: it stands as actor on what they order. */
  private async freeName(tx: Transaction, { name, subject }: ProvidedUser, before: User | undefined): Promise<string> {
    if (before) return before.name;
    return (await findUserByName(tx, name)) ? `${name} (${subject})` : name;
  }
}
