import type { FastifyError, FastifyInstance } from 'fastify';
import { invalidRequest } from '../chat/openai-error.js';
import { feedbackRoutes } from '../feedback/feedback.routes.js';
import { widgetRoutes } from '../feedback/widget.routes.js';
import { chatRoutes } from './chat.routes.js';
import { sendFailure, type GatewayParts } from './gateway-parts.js';
import { jsonShapeProblem } from './json-shape.js';
import { ingestRoutes } from './ingest.routes.js';
import { OtlpRefusal } from '../otlp/otlp-encoding.js';
import { sendOtlpRefusal, tracesRoutes } from '../otlp/traces.routes.js';
import { guardRequests } from './request-gate.js';
import { traceRequests } from './request-tracing.js';

const bodyFailures: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is too large.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not JSON.',
};

/** The doors, as routes of their own beside Nest's: these are hot, and Nest's pipeline costs more than their work. */
export const registerGateway = (fastify: FastifyInstance, parts: GatewayParts): void => {
  fastify.register(async (scope) => {
    scope.setErrorHandler((error: FastifyError, { span }, reply) => {
      const status = error.statusCode ?? 500;
      if (status < 500) return sendFailure(reply, invalidRequest({ status, message: bodyFailures[error.code] ?? error.message, code: 'invalid_body' }));
      parts.onFault(error, span);
      return sendFailure(reply, { status: 500, type: 'api_error', code: 'internal_error', message: 'The gateway failed.' });
    });
    const parse = scope.getDefaultJsonParser('error', 'error');
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser<string>(['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'], { parseAs: 'string' }, (request, body, done) => {
      const problem = jsonShapeProblem(body);
      if (problem === undefined) parse(request, body, done);
      else done(Object.assign(new Error(`The body cannot be taken: ${problem}.`), { statusCode: 400 }));
    });
    traceRequests(scope, parts.tracing);
    guardRequests({
      scope,
      metrics: parts.metrics,
      concurrentMax: parts.limits.concurrentRequestsMax,
      onRefused: (reply, failure, route) => (route === 'traces' ? sendOtlpRefusal(reply, new OtlpRefusal(429, failure.message)) : sendFailure(reply, failure)),
    });
    chatRoutes(scope, parts);
    ingestRoutes(scope, parts);
    feedbackRoutes(scope, parts);
    tracesRoutes(scope, parts);
    widgetRoutes(scope);
  });
};
