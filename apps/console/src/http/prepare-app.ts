import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from '@ratchet/observability';
import { CONFIG } from '@ratchet/service';
import type { FastifyInstance } from 'fastify';
import { Limits } from '../access/limits.js';
import type { Config } from '../config.js';
import { allowedMethods } from './allowed-methods.js';
import { OpenApiDocument } from './open-api.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { sendSecurityHeaders } from './security-headers.js';

/** What the console adds to the platform's HTTP server. */
export const prepareApp = async (app: NestFastifyApplication): Promise<void> => {
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  sendSecurityHeaders(server, app.get<Config>(CONFIG));
  await app.register(cookie);
  // What is counted, and by which key, is known only once the caller is: the guard asks.
  await app.register(rateLimit, { global: false });
  app.get(Limits).prepare(server);
  app.useGlobalFilters(new ProblemFilter(app.get(Logger), app.getHttpAdapter(), (path) => allowedMethods(app.get(OpenApiDocument).document ?? { paths: {} }, path)));
  app.get(OpenApiDocument).describe(app);
};
