import { type CanActivate, type ExecutionContext, ForbiddenException, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { mayAct, type Role } from '@ratchet/console-api';
import { HealthController } from '@ratchet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, type KnownRequest } from './access.js';
import { Callers } from './callers.js';

/** Routes that the platform brings, for probes and Prometheus. */
export const platformControllers: readonly unknown[] = [HealthController];

/** Nobody may do anything that a route does not allow them. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Callers) private readonly callers: Callers,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    // What comes from topics is no request.
    if (context.getType() !== 'http' || platformControllers.includes(context.getClass())) return true;
    const needed = this.reflector.getAllAndOverride<Role | 'anyone' | undefined>(ACCESS, [context.getHandler(), context.getClass()]);
    if (needed === 'anyone') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & KnownRequest>();
    const reply = http.getResponse<FastifyReply>();
    const caller = await this.callers.of(request, reply);
    if (!caller) {
      void reply.header('www-authenticate', 'Bearer');
      throw new UnauthorizedException('Sign in, or send an API token as "Authorization: Bearer …".');
    }
    if (needed === undefined || !mayAct(caller.role, needed)) throw new ForbiddenException(needed === undefined ? 'Nobody may use this route.' : `This needs the role ${needed}; ${caller.name} is ${caller.role}.`);
    request.caller = caller;
    return true;
  }
}
