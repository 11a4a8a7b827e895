import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseHeaders } from '../chat/chat-headers.js';
import { invalidRequest, type HttpFailure } from '../chat/openai-error.js';
import { sendFailure, type GatewayParts } from '../http/gateway-parts.js';
import { allowOrigin, answerPreflight } from './cors.js';
import { FeedbackDesk, type Taken } from './feedback-desk.js';
import { readFeedback } from './feedback-event.js';
import { langfuseRoutes } from './langfuse.routes.js';
import { tensorZeroRoutes } from './tensorzero.routes.js';

const noRoom: HttpFailure = { status: 503, type: 'api_error', code: 'kafka_unavailable', message: 'Kafka does not answer and there is no room left for events; try again later.' };

/** `POST /v1/feedback`, and the same feedback in the shapes of Langfuse's scores and of TensorZero's feedback, at their paths. */
export const feedbackRoutes = (scope: FastifyInstance, { sink, limits, feedback }: GatewayParts): void => {
  const desk = new FeedbackDesk({ metrics: feedback.metrics, interactions: feedback.interactions, sink });
  const options = { bodyLimit: limits.chatBodyBytesMax, config: { route: 'feedback' as const } };

  scope.options('/v1/feedback', { config: { route: 'feedback' } }, async (request, reply) => answerPreflight(request, reply, feedback.origins));

  // Before the body is read: a page must be able to read what is wrong with it.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => void allowOrigin(request, reply, feedback.origins);
  scope.post('/v1/feedback', { ...options, onRequest }, async (request, reply) => {
    const headers = parseHeaders(request.headers);
    if (!headers.ok) return sendFailure(reply, headers.failure);
    const read = readFeedback(request.body);
    if (!read.ok) return sendFailure(reply, invalidRequest({ message: read.message }));
    return answer(reply, desk.take(read.data, { now: new Date().toISOString(), userId: headers.headers.userId, workload: headers.headers.workload }, { span: request.span }));
  });

  langfuseRoutes(scope, { desk, limits });
  tensorZeroRoutes(scope, { desk, limits });
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
