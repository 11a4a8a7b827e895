import { Body, Controller, Delete, ForbiddenException, Get, Inject, NotFoundException, Param, Patch, Post, Query, Req } from '@nestjs/common';
import {
  accessEventsQuerySchema, accessEventsSchema, doneSchema, madeTokenSchema, mayAct, newTokenSchema, newUserSchema, type Role, sessionsSchema, tokensQuerySchema, tokensSchema,
  type UserChange, userChangeSchema, type UserFacts, userSchema, usersQuerySchema, usersSchema,
} from '@ratchet/console-api';
import { Database } from '@ratchet/persistence';
import { CONFIG } from '@ratchet/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Config } from '../config.js';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import type { Identity } from '../http/callers.js';
import { accessEventsBefore } from './access-events.repository.js';
import { addressOf } from './address.js';
import { type Actor, PeopleService, type TokenWish } from './people.service.js';
import { type User, usersAfter } from './people.repository.js';
import { sessionsOf } from './sessions.repository.js';
import { tokensBefore } from './tokens.repository.js';

const showUser = ({ userId, name, role, issuer, createdAt, disabledAt }: User): UserFacts => ({
  userId, name, role, from: issuer === null ? 'console' : 'provider', createdAt: createdAt.toISOString(), disabledAt: disabledAt?.toISOString() ?? null,
});

const idOf = (text: string): string => {
  if (!z.uuid().safeParse(text).success) throw new NotFoundException('There is nothing with this id.');
  return text;
};

/** The last one's key, where there may be more. */
const nextOf = <Item>(items: readonly Item[], limit: number, keyOf: (item: Item) => string): string | null => {
  const last = items.at(-1);
  return items.length < limit || !last ? null : keyOf(last);
};

/** Users, tokens and sessions: who may do what. */
@Controller('api/access')
export class AccessController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(PeopleService) private readonly people: PeopleService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** By name; `after` is the last name of the page before. */
  @Get('users')
  @Access('admin')
  @Answers(usersSchema)
  async users(@Query({ schema: usersQuerySchema }) asked: z.infer<typeof usersQuerySchema>): Promise<object> {
    const users = await usersAfter(this.database, asked);
    return { items: users.map(showUser), next: nextOf(users, asked.limit, ({ name }) => name) };
  }

  /** A user of the console itself, who signs in with tokens. */
  @Post('users')
  @Access('admin')
  @Answers(userSchema, { status: 201, description: 'Added' })
  async addUser(@Body({ schema: newUserSchema }) wish: { name: string; role: Role }, @Caller() caller: Identity, @Req() request: FastifyRequest): Promise<UserFacts> {
    return showUser(await this.people.add(this.actor(caller, request), wish));
  }

  /** Another role, or none of their proofs valid any more. */
  @Patch('users/:id')
  @Access('admin')
  @Answers(userSchema)
  async changeUser(@Param('id') id: string, @Body({ schema: userChangeSchema }) change: UserChange, @Caller() caller: Identity, @Req() request: FastifyRequest): Promise<UserFacts> {
    return showUser(await this.people.change(this.actor(caller, request), idOf(id), change));
  }

  /** The newest first; everybody's for admins. Never the tokens themselves. */
  @Get('tokens')
  @Access('viewer')
  @Answers(tokensSchema)
  async tokens(@Query({ schema: tokensQuerySchema }) { of, before, limit }: z.infer<typeof tokensQuerySchema>, @Caller() caller: Identity): Promise<object> {
    if (of === 'everybody' && !mayAct(caller.role, 'admin')) throw new ForbiddenException('Only an admin sees the tokens of others.');
    const rows = await tokensBefore(this.database, { userId: of === 'me' ? caller.userId : undefined, before, limit });
    const items = rows.map(({ userId: _, createdAt, expiresAt, lastUsedAt, revokedAt, ...rest }) => ({
      ...rest, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null, lastUsedAt: lastUsedAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null,
    }));
    return { items, next: nextOf(rows, limit, ({ tokenId }) => tokenId) };
  }

  /** The answer is the only place where the token stands. */
  @Post('tokens')
  @Access('viewer')
  @Answers(madeTokenSchema, { status: 201, description: 'Made' })
  async makeToken(@Body({ schema: newTokenSchema }) wish: TokenWish, @Caller() caller: Identity, @Req() request: FastifyRequest): Promise<object> {
    const { expiresAt, ...made } = await this.people.makeToken(this.actor(caller, request), wish);
    return { ...made, expiresAt: expiresAt.toISOString() };
  }

  /** Ends a token, and the sessions that began with it. */
  @Delete('tokens/:id')
  @Access('viewer')
  @Answers(doneSchema)
  async revokeToken(@Param('id') id: string, @Caller() caller: Identity, @Req() request: FastifyRequest): Promise<{ done: true }> {
    await this.people.revoke(this.actor(caller, request), idOf(id));
    return { done: true };
  }

  /** The caller's own. */
  @Get('sessions')
  @Access('viewer')
  @Answers(sessionsSchema)
  async sessions(@Caller() caller: Identity): Promise<object> {
    const rows = await sessionsOf(this.database, caller.userId, this.config.SESSION_IDLE_MINUTES);
    const items = rows.map(({ createdAt, seenAt, endsAt, ...rest }) => ({ ...rest, isThis: rest.sessionId === caller.sessionId, createdAt: createdAt.toISOString(), seenAt: seenAt.toISOString(), endsAt: endsAt.toISOString() }));
    return { items };
  }

  @Delete('sessions/:id')
  @Access('viewer')
  @Answers(doneSchema)
  async endSession(@Param('id') id: string, @Caller() caller: Identity, @Req() request: FastifyRequest): Promise<{ done: true }> {
    await this.people.endSession(this.actor(caller, request), idOf(id));
    return { done: true };
  }

  /** Who came, who was turned away, and whose rights changed; the newest first. */
  @Get('events')
  @Access('admin')
  @Answers(accessEventsSchema)
  async events(@Query({ schema: accessEventsQuerySchema }) asked: z.infer<typeof accessEventsQuerySchema>): Promise<object> {
    const rows = await accessEventsBefore(this.database, asked);
    return { items: rows.map(({ happenedAt, ...rest }) => ({ ...rest, happenedAt: happenedAt.toISOString() })), next: nextOf(rows, asked.limit, ({ eventId }) => String(eventId)) };
  }

  private actor(caller: Identity, request: FastifyRequest): Actor {
    return { caller, address: addressOf(request, this.config.PROXIES_IN_FRONT) };
  }
}
