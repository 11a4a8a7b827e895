import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Caller as CallerFacts, Role } from '@ratchet/console-api';

export const ACCESS = 'console:access';

/** Who may use a route; one without it is refused to everybody. `anyone` needs no login. */
export const Access = (needed: Role | 'anyone'): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, needed);

/** The request as the guard leaves it. */
export interface KnownRequest {
  caller?: CallerFacts;
}

/** Who asks; only on routes that need a role. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerFacts => {
  const { caller } = context.switchToHttp().getRequest<KnownRequest>();
  if (!caller) throw new Error('the route is open to anyone, so nobody is known');
  return caller;
});
