import { ForbiddenException, Inject, Injectable } from '@nestjs/common';
import { type Caller, type Role, roles } from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noteAccess } from '../access/access-events.repository.js';
import { addressOf } from '../access/address.js';
import { csrfCookie, readCookie, sessionCookie } from '../access/cookies.js';
import { changesSomething, CSRF_HEADER, hasCsrfToken, isFromElsewhere } from '../access/cross-site.js';
import { Limits } from '../access/limits.js';
import { findBySession, noteSessionUse } from '../access/sessions.repository.js';
import { findByToken, noteTokenUse, type Proof } from '../access/tokens.repository.js';
import type { Config } from '../config.js';

/** What the console itself knows of a caller beside what they are told. */
export interface Identity extends Caller {
  readonly userId: string;
  readonly tokenId: string | null;
  readonly sessionId: string | null;
  /** Of the token that proves them; null where it does not end, or there is none. */
  readonly expiresAt: Date | null;
}

const BEARER = /^bearer +(\S+)$/i;

const lower = (one: Role, other: Role | null): Role => (other !== null && roles.indexOf(other) < roles.indexOf(one) ? other : one);

/** Nobody where the proof is over, or its user may do nothing. */
export const identityOf = (proof: Proof, via: Caller['via'], sessionId: string | null = null): Identity | undefined => {
  const { userId, name, userRole, isDisabled, tokenId, tokenRole, readOnly, expiresAt, isOver } = proof;
  if (isOver || isDisabled || userRole === null) return undefined;
  return { name, role: lower(userRole, tokenRole), via, readOnly, userId, tokenId, sessionId, expiresAt };
};

/** Finds out who asks: by an API token, or by the session of a page. */
@Injectable()
export class Callers {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Limits) private readonly limits: Limits,
  ) {}

  async of(request: FastifyRequest, reply: FastifyReply): Promise<Identity | undefined> {
    const { authorization } = request.headers;
    const cookie = readCookie(request, sessionCookie(this.config));
    // Whoever sends a token means it: a cookie beside it does not count.
    const caller = authorization === undefined ? cookie && (await this.bySession(request, cookie)) : await this.byToken(request, reply, BEARER.exec(authorization)?.[1]);
    if (!caller) return undefined;
    await this.limits.ofCaller(request, reply, caller.tokenId ?? caller.userId);
    if (caller.readOnly && changesSomething(request.method) && request.routeOptions.url !== '/api/session') throw new ForbiddenException('This token is for reading only.');
    return caller;
  }

  /** Whether who asked could ask again; that is no use of their session or token. */
  async isStillKnown(request: FastifyRequest): Promise<boolean> {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const proof = await findByToken(this.database, BEARER.exec(authorization)?.[1] ?? '');
      return proof !== undefined && identityOf(proof, 'token') !== undefined;
    }
    const proof = await findBySession(this.database, readCookie(request, sessionCookie(this.config)) ?? '', this.config.SESSION_IDLE_MINUTES);
    return proof !== undefined && identityOf(proof, 'session', proof.sessionId) !== undefined;
  }

  private async byToken(request: FastifyRequest, reply: FastifyReply, secret: string | undefined): Promise<Identity | undefined> {
    const proof = secret === undefined ? undefined : await findByToken(this.database, secret);
    const caller = proof && identityOf(proof, 'token');
    if (!caller) {
      await this.limits.ofAddress(request, reply);
      if (proof) await this.noteRefusal(request, proof);
      return undefined;
    }
    if (proof.isStale && proof.tokenId !== null) await noteTokenUse(this.database, proof.tokenId);
    return caller;
  }

  private async noteRefusal(request: FastifyRequest, { name, tokenId }: Proof): Promise<void> {
    await this.database.transaction((tx) => noteAccess(tx, { kind: 'sign_in_refused', name, body: { by: 'token', tokenId, reason: 'no_longer_valid' }, address: addressOf(request, this.config.PROXIES_IN_FRONT) }));
  }

  private async bySession(request: FastifyRequest, secret: string): Promise<Identity | undefined> {
    const proof = await findBySession(this.database, secret, this.config.SESSION_IDLE_MINUTES);
    const caller = proof && identityOf(proof, 'session', proof.sessionId);
    if (!caller) return undefined;
    if (changesSomething(request.method)) {
      if (isFromElsewhere(request, this.config.PUBLIC_URL)) throw new ForbiddenException('A page of another site cannot change anything here.');
      if (!hasCsrfToken(request, secret)) throw new ForbiddenException(`A change in a session needs the header ${CSRF_HEADER} with the value of the cookie ${csrfCookie(this.config)}; programs send an API token.`);
    }
    if (proof.isStale) await noteSessionUse(this.database, proof.sessionId);
    return caller;
  }
}
