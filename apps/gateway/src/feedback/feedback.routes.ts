import { idSchema } from '@ratchet/domain';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseHeaders } from '../chat/chat-headers.js';
import { invalidRequest, type HttpFailure } from '../chat/openai-error.js';
import { sendFailure, type GatewayParts } from '../http/gateway-parts.js';
import { allowOrigin, answerPreflight } from './cors.js';
import { FeedbackDesk, type Taken } from './feedback-desk.js';
import { readFeedback, type FeedbackContext } from './feedback-event.js';
import { feedbackOfScore, langfuseScoreSchema } from './langfuse-score.js';
import { feedbackOfTensorZero, tensorZeroFeedbackSchema } from './tensorzero-feedback.js';

const NO_ROOM = 'Kafka does not answer and there is no room left for events; try again later.';
const noRoom: HttpFailure = { status: 503, type: 'api_error', code: 'kafka_unavailable', message: NO_ROOM };

/** `POST /v1/feedback`, and the same feedback in the shapes of Langfuse's scores and of TensorZero's feedback, at their paths. */
export const feedbackRoutes = (scope: FastifyInstance, { sink, limits, feedback }: GatewayParts): void => {
  const desk = new FeedbackDesk({ metrics: feedback.metrics, interactions: feedback.interactions, sink });
  const options = { bodyLimit: limits.chatBodyBytesMax, config: { route: 'feedback' } };

  scope.options('/v1/feedback', { config: { route: 'feedback' } }, async (request, reply) => answerPreflight(request, reply, feedback.origins));

  // Before the body is read: a page must be able to read what is wrong with it.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => void allowOrigin(request, reply, feedback.origins);
  scope.post('/v1/feedback', { ...options, onRequest }, async (request, reply) => {
    const headers = parseHeaders(request.headers);
    if (!headers.ok) return sendFailure(reply, headers.failure);
    const read = readFeedback(request.body);
    if (!read.ok) return sendFailure(reply, invalidRequest({ message: read.message }));
    return answer(reply, desk.take(read.data, { now: new Date().toISOString(), userId: headers.headers.userId, workload: headers.headers.workload }));
  });

  scope.post('/api/public/scores', { ...options, errorHandler: langfuseError }, async (request, reply) => {
    const read = langfuseScoreSchema.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ message: 'Invalid request data', error: read.error.issues });
    const { id, feedback: given } = feedbackOfScore(read.data, desk);
    const taken = desk.take(given, contextOf(request));
    if (taken.outcome === 'no_room') return reply.code(503).send({ message: NO_ROOM, error: 'ServiceUnavailable' });
    if (taken.outcome === 'refused') return reply.code(400).send({ message: 'Invalid request data', error: [{ code: 'custom', path: [taken.problem.param], message: taken.problem.message }] });
    return reply.send({ id });
  });

  scope.post('/feedback', { ...options, errorHandler: tensorZeroError }, async (request, reply) => {
    const read = tensorZeroFeedbackSchema.safeParse(request.body);
    if (!read.success) return reply.code(400).send({ error: read.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ') });
    const mapped = feedbackOfTensorZero(read.data, desk);
    if (!mapped.ok) return reply.code(400).send({ error: mapped.message });
    const taken = desk.take(mapped.feedback, contextOf(request), { dryRun: read.data.dryrun === true });
    if (taken.outcome === 'no_room') return reply.code(503).send({ error: NO_ROOM });
    if (taken.outcome === 'refused') return reply.code(taken.problem.code === 'unknown_metric' ? 404 : 400).send({ error: taken.problem.message });
    return reply.send({ feedback_id: mapped.feedback.feedbackId });
  });
};

/** Their clients know no headers of ours, but a product may add them; one that is no id is left alone. */
const contextOf = ({ headers }: FastifyRequest): FeedbackContext => {
  const idOf = (name: string): string | undefined => idSchema.safeParse(headers[name]).data;
  return { now: new Date().toISOString(), userId: idOf('x-ratchet-user'), workload: idOf('x-ratchet-workload') };
};

const answer = (reply: FastifyReply, taken: Taken): FastifyReply => {
  switch (taken.outcome) {
    case 'accepted':
      return reply.code(202).send({ feedbackId: taken.feedbackId, status: 'accepted' });
    case 'no_room':
      return sendFailure(reply, noRoom);
    case 'conflict':
      return sendFailure(reply, invalidRequest({ status: 409, code: 'feedback_conflict', param: 'feedbackId', message: `The feedback ${JSON.stringify(taken.feedbackId)} said something else before, and stands as it was; what changes it has an id of its own.` }));
    case 'refused': {
      const { code, param, message } = taken.problem;
      return sendFailure(reply, invalidRequest({ code, param, message }));
    }
  }
};

const langfuseError = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(error.statusCode ?? 500).send({ message: (error.statusCode ?? 500) < 500 ? error.message : 'Internal Server Error', error: error.name });

const tensorZeroError = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(error.statusCode ?? 500).send({ error: (error.statusCode ?? 500) < 500 ? error.message : 'Internal Server Error' });
