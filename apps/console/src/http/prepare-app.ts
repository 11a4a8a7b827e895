import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from '@ratchet/observability';
import { OpenApiDocument } from './open-api.controller.js';
import { ProblemFilter } from './problem.filter.js';

/** What the console adds to the platform's HTTP server. */
export const prepareApp = async (app: NestFastifyApplication): Promise<void> => {
  app.useGlobalFilters(new ProblemFilter(app.get(Logger), app.getHttpAdapter()));
  app.get(OpenApiDocument).describe(app);
};
