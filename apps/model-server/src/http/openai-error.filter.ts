import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { toOpenAiError } from './openai.error.js';

/** Writes every failure, also Fastify's own (bad JSON, body too large, no such route), in OpenAI's error shape. */
@Catch()
export class OpenAiErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refusal = toOpenAiError(error);
    if (refusal.status >= 500) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${JSON.stringify({ level: 'error', service: 'model-server', message: 'request failed', error: detail })}\n`);
    }
    void reply.status(refusal.status).send(refusal.body);
  }
}
