import { type ArgumentsHost, Catch, HttpException, type HttpServer, MethodNotAllowedException } from '@nestjs/common';
import type { Problem } from '@ratchet/console-api';
import { describeError, type Logger } from '@ratchet/observability';
import { RethrowFilter } from '@ratchet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';

interface Issue {
  readonly path?: readonly (string | number | { readonly key: string | number })[];
  readonly message: string;
}

const pathOf = ({ path = [] }: Issue): string => path.map((part) => (typeof part === 'object' ? part.key : part)).join('.');

const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
};

/** What is told of an error: the reasons of a refusal, nothing of the inside of a fault. */
export const problemOf = (error: unknown): Problem => {
  const status = statusOf(error);
  const about = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status };
  if (status >= 500 && !(error instanceof HttpException)) return { ...about, detail: 'The console failed; its log says why.' };
  const response = error instanceof HttpException ? error.getResponse() : { message: (error as Error).message };
  const { message, issues } = (typeof response === 'string' ? { message: response } : response) as { message?: unknown; issues?: readonly Issue[] };
  const errors = issues?.map((issue) => ({ path: pathOf(issue), message: issue.message }));
  const detail = Array.isArray(message) ? message.join('; ') : String(message ?? about.title);
  return { ...about, detail, ...(errors && { errors }) };
};

/** Errors of requests as RFC 9457 problems; those of messages go on to the consumer. */
@Catch()
export class ProblemFilter extends RethrowFilter {
  constructor(
    private readonly logger: Logger,
    adapter: HttpServer,
    /** What may be done at a path; empty where there is nothing at it. */
    private readonly allowed: (path: string) => readonly string[],
  ) {
    super(adapter);
  }

  override catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http') return super.catch(exception, host);
    const { method, url } = host.switchToHttp().getRequest<FastifyRequest>();
    const told = problemOf(exception);
    const others = [400, 404].includes(told.status) ? this.allowed(url.split('?', 1)[0] ?? '') : [];
    const isRefused = others.length > 0 && !others.includes(method === 'HEAD' ? 'GET' : method);
    const problem = isRefused ? problemOf(new MethodNotAllowedException(`There is no ${method} here; there is ${others.join(' and ')}.`)) : told;
    if (problem.status >= 500) this.logger.error('a request failed', describeError(exception));
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (isRefused) void reply.header('allow', others.join(', '));
    if (!reply.sent) void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem));
    return undefined;
  }
}
