import { BadGatewayException, Body, Controller, Delete, Get, Inject, NotFoundException, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint } from '@nestjs/swagger';
import { callerSchema, doneSchema, type Caller as CallerFacts, type SignInMethods, signInMethodsSchema, signInSchema } from '@ratchet/console-api';
import { Logger } from '@ratchet/observability';
import { CONFIG } from '@ratchet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Config } from '../config.js';
import { Access, Caller } from '../http/access.js';
import { Answers } from '../http/answers.js';
import type { Identity } from '../http/callers.js';
import { clearProviderCookie, providerCookie, readCookie, setProviderCookie } from './cookies.js';
import { pathWithin, readJourney, writeJourney } from './journey-cookie.js';
import { Limits } from './limits.js';
import { Provider } from './provider.js';
import { SignInService } from './sign-in.service.js';

/** Which fault, and no more of it: what providers answer may hold codes and claims. */
const faultOf = (error: unknown): { fault: string } => {
  const { name, code } = error as { name?: unknown; code?: unknown };
  return { fault: [name, code].filter((one) => typeof one === 'string').join(' ') };
};

const leaveSchema = z.object({ to: z.string().optional() });

/** How people come in, and go. */
@Controller('api')
export class SignInController {
  constructor(
    @Inject(SignInService) private readonly signIns: SignInService,
    @Inject(Provider) private readonly provider: Provider,
    @Inject(Limits) private readonly limits: Limits,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  /** How one can sign in here; with a token always. */
  @Get('sign-in')
  @Access('anyone')
  @Answers(signInMethodsSchema)
  methods(): SignInMethods {
    return { provider: this.provider.host };
  }

  /** Begins a session with an API token. */
  @Post('session')
  @Access('anyone')
  @Answers(callerSchema)
  async signIn(@Body({ schema: signInSchema }) { token }: { token: string }, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<CallerFacts> {
    const { name, role, via, readOnly } = await this.signIns.byToken({ request, reply }, token);
    return { name, role, via, readOnly };
  }

  /** Ends the session of this page. */
  @Delete('session')
  @Access('viewer')
  @Answers(doneSchema)
  async signOut(@Caller() caller: Identity, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<{ done: true }> {
    await this.signIns.signOut({ request, reply }, caller);
    return { done: true };
  }

  /** Sends a browser to the provider; it comes back to the callback. */
  @Get('sign-in/provider')
  @Access('anyone')
  @ApiExcludeEndpoint()
  async leave(@Query({ schema: leaveSchema }) { to }: { to?: string }, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (this.provider.host === null) throw new NotFoundException('People sign in with tokens here.');
    await this.limits.ofAddress(request, reply);
    const { url, journey } = await this.provider.leave(pathWithin(to)).catch((error: unknown) => {
      this.logger.error('the sign-in provider does not answer', faultOf(error));
      throw new BadGatewayException('The sign-in provider does not answer.');
    });
    setProviderCookie(reply, this.config, writeJourney(journey));
    void reply.status(303).header('location', url.href);
    return '';
  }

  @Get('sign-in/callback')
  @Access('anyone')
  @ApiExcludeEndpoint()
  async arrive(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (this.provider.host === null) throw new NotFoundException('People sign in with tokens here.');
    await this.limits.ofAddress(request, reply);
    const journey = readJourney(readCookie(request, providerCookie(this.config)));
    clearProviderCookie(reply, this.config);
    void reply.status(303).header('location', journey ? await this.end({ request, reply }, journey) : '/sign-in?problem=late');
    return '';
  }

  /** Where the browser goes on. */
  private async end(exchange: { request: FastifyRequest; reply: FastifyReply }, journey: NonNullable<ReturnType<typeof readJourney>>): Promise<string> {
    try {
      const told = await this.provider.arrive(new URL(exchange.request.url, 'http://localhost').search, journey);
      return (await this.signIns.byProvider(exchange, told)) ? journey.to : '/sign-in?problem=role';
    } catch (error) {
      this.logger.warn('a sign-in at the provider came to nothing', faultOf(error));
      await this.signIns.refuse(exchange.request, { name: null, by: 'provider', reason: 'answer_not_valid' });
      return '/sign-in?problem=provider';
    }
  }
}
