import { HttpException, Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@ratchet/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { addressOf } from './address.js';

type Limit = ReturnType<FastifyInstance['createRateLimit']>;

const MINUTE_MS = 60_000;
const REMEMBERED = 10_000;

/** How often one may ask. Each instance of the console counts for itself. */
@Injectable()
export class Limits {
  private readonly keys = new WeakMap<FastifyRequest, string>();
  private callers: Limit | undefined;
  private addresses: Limit | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Needs the server with @fastify/rate-limit. */
  prepare(server: FastifyInstance): void {
    const keyGenerator = (request: FastifyRequest): string => this.keys.get(request) ?? '';
    const limitOf = (max: number): Limit => server.createRateLimit({ max, timeWindow: MINUTE_MS, cache: REMEMBERED, keyGenerator } as never);
    this.callers = limitOf(this.config.REQUESTS_PER_MINUTE);
    this.addresses = limitOf(this.config.SIGN_INS_PER_MINUTE);
  }

  /** Counts a request of a caller that is known. */
  ofCaller(request: FastifyRequest, reply: FastifyReply, key: string): Promise<void> {
    return this.count(this.callers, { request, reply, key });
  }

  /** Counts a proof that was, or may be, wrong. */
  ofAddress(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.count(this.addresses, { request, reply, key: addressOf(request, this.config.PROXIES_IN_FRONT) });
  }

  private async count(limit: Limit | undefined, { request, reply, key }: { request: FastifyRequest; reply: FastifyReply; key: string }): Promise<void> {
    if (!limit) throw new Error('the limits were not prepared');
    this.keys.set(request, key);
    const verdict = await limit(request);
    if (verdict.isAllowed || !verdict.isExceeded) return;
    void reply.header('retry-after', String(Math.max(1, verdict.ttlInSeconds)));
    throw new HttpException({ message: `Too many requests; try again in ${Math.max(1, verdict.ttlInSeconds)} s.` }, 429);
  }
}
