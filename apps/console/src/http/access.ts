import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { Role } from '@ratchet/console-api';
import type { Identity } from './callers.js';

export const ACCESS = 'console:access';

/** Who may use a route; one without it is refused to everybody. `anyone` needs no login. */
export const Access = (needed: Role | 'anyone'): MethodDecorator & ClassDecorator => applyDecorators(SetMetadata(ACCESS, needed), ...(needed === 'anyone' ? [ApiSecurity({})] : []));

/** The request as the guard leaves it. */
export interface KnownRequest {
  caller?: Identity;
}

/** Who asks; only on routes that need a role. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Identity => {
  const { caller } = context.switchToHttp().getRequest<KnownRequest>();
  if (!caller) throw new Error('the route is open to anyone, so nobody is known');
  return caller;
});
