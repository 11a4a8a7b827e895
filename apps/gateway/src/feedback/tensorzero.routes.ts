import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../http/gateway-parts.js';
import type { FeedbackDesk } from './feedback-desk.js';
import { contextOf } from './feedback-context.js';
import { feedbackOfTensorZero, tensorZeroFeedbackSchema } from './tensorzero-feedback.js';

/** Feedback as TensorZero's clients send it. */
export const tensorZeroRoutes = (scope: FastifyInstance, { desk, limits }: { desk: FeedbackDesk; limits: GatewayLimits }): void => {
  scope.post('/feedback', { bodyLimit: limits.chatBodyBytesMax, config: { route: 'feedback' }, errorHandler }, async (request, reply) => {
    const read = tensorZeroFeedbackSchema.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ error: read.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ') });
    const mapped = feedbackOfTensorZero(read.data, desk);
    if (!mapped.ok) return reply.code(400).send({ error: mapped.message });
    const taken = desk.take(mapped.feedback, contextOf(request), { dryRun: read.data.dryrun === true, span: request.span });
    if (taken.outcome === 'no_room') return reply.code(503).send({ error: 'Kafka does not answer and there is no room left for events; try again later.' });
    if (taken.outcome === 'refused') return reply.code(taken.problem.code === 'unknown_metric' ? 404 : 400).send({ error: taken.problem.message });
    return reply.send({ feedback_id: mapped.feedback.feedbackId });
  });
};

const errorHandler = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(error.statusCode ?? 500).send({ error: (error.statusCode ?? 500) < 500 ? error.message : 'Internal Server Error' });
