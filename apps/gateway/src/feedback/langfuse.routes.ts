import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { GatewayLimits } from '../http/gateway-parts.js';
import type { FeedbackDesk } from './feedback-desk.js';
import { contextOf } from './feedback-context.js';
import type { FeedbackContext } from './feedback-event.js';
import { feedbackOfScore, langfuseScoreSchema } from './langfuse-score.js';

const SCORE_CREATED = 'score-create';

const batchSchema = z.object({ batch: z.array(z.object({ id: z.string(), type: z.string(), body: z.unknown() })) });

type ScoreAnswer = { readonly status: 200; readonly id: string } | { readonly status: 400 | 503; readonly message: string; readonly error: unknown };

const takeScore = (desk: FeedbackDesk, body: unknown, { context, span }: { context: FeedbackContext; span: FastifyRequest['span'] }): ScoreAnswer => {
  const read = langfuseScoreSchema.safeParse(body);
  if (!read.success) return { status: 400, message: 'Invalid request data', error: read.error.issues };
  const { id, feedback } = feedbackOfScore(read.data, desk);
  const taken = desk.take(feedback, context, { span });
  if (taken.outcome === 'no_room') return { status: 503, message: 'Kafka does not answer and there is no room left for events; try again later.', error: 'ServiceUnavailable' };
  if (taken.outcome === 'refused') return { status: 400, message: 'Invalid request data', error: [{ code: 'custom', path: [taken.problem.param], message: taken.problem.message }] };
  return { status: 200, id };
};

/** Scores as Langfuse's clients send them: one at a time, or in the batches of its SDKs, whose events of other types are refused one by one. */
export const langfuseRoutes = (scope: FastifyInstance, { desk, limits }: { desk: FeedbackDesk; limits: GatewayLimits }): void => {
  const config = { route: 'feedback' } as const;

  scope.post('/api/public/scores', { bodyLimit: limits.chatBodyBytesMax, config, errorHandler }, async (request, reply) => {
    const answer = takeScore(desk, request.body, { context: contextOf(request), span: request.span });
    return answer.status === 200 ? reply.send({ id: answer.id }) : reply.code(answer.status).send({ message: answer.message, error: answer.error });
  });

  scope.post('/api/public/ingestion', { bodyLimit: limits.eventsBodyBytesMax, config, errorHandler }, async (request, reply) => {
    const read = batchSchema.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ message: 'Invalid request data', errors: read.error.issues });
    if (read.data.batch.length > limits.eventsPerRequestMax) return reply.code(413).send({ message: `Send at most ${limits.eventsPerRequestMax} events at a time.`, error: 'PayloadTooLarge' });
    const successes: object[] = [];
    const errors: object[] = [];
    for (const { id, type, body } of read.data.batch) {
      const answer: ScoreAnswer = type === SCORE_CREATED ? takeScore(desk, body, { context: contextOf(request), span: request.span }) : { status: 400, message: `Only ${SCORE_CREATED} is taken here; send traces by OpenTelemetry.`, error: 'InvalidRequestError' };
      if (answer.status === 200) successes.push({ id, status: 201 });
      else errors.push({ id, ...answer });
    }
    return reply.code(207).send({ successes, errors });
  });
};

const errorHandler = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(error.statusCode ?? 500).send({ message: (error.statusCode ?? 500) < 500 ? error.message : 'Internal Server Error', error: error.name });
