import { Readable } from 'node:stream';
import type { RoutingChanged } from '@ratchet/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { headerNames, parseHeaders } from '../chat/chat-headers.js';
import { parseChatRequest } from '../chat/chat-request.js';
import { openTurn, type ChatTurn } from '../chat/chat-turn.js';
import { TurnFailedError, type ChatService } from '../chat/chat.service.js';
import { completionBody } from '../chat/completion-body.js';
import { sendFailure, type GatewayParts } from './gateway-parts.js';
import { asTaken } from './stalled-client.js';

/** `POST /v1/chat/completions` and `GET /v1/models`, in OpenAI's shapes. */
export const chatRoutes = (scope: FastifyInstance, { context, chat, limits, metrics }: GatewayParts): void => {
  const stalledClients = metrics.counter({ name: 'ratchet_gateway_stalled_clients_total', help: 'Streams that were ended because their client took nothing of them for too long' });
  scope.post('/v1/chat/completions', { bodyLimit: limits.chatBodyBytesMax, config: { route: 'chat' } }, async (request, reply) => {
    const parsed = parseChatRequest(request.body);
    if (!parsed.ok) return sendFailure(reply, parsed.failure);
    const read = parseHeaders(request.headers);
    if (!read.ok) return sendFailure(reply, read.failure);
    const opened = openTurn({ context, request: parsed.request, headers: read.headers, span: request.span });
    if (!opened.ok) return sendFailure(reply, opened.failure);
    const { turn } = opened;
    // On every answer from here on, a failure of the gateway's own as well; who answered in the end replaces it.
    label(reply, turn, turn.choice.version.versionId);
    try {
      return await (turn.request.stream ? answerByPieces({ chat, turn, reply, stalledMs: limits.clientStallMs, onStalled: () => stalledClients.inc() }) : answerAtOnce({ chat, turn, reply }));
    } catch (error) {
      if (!(error instanceof TurnFailedError)) throw error;
      return sendFailure(label(reply, turn, error.servedVersion), error.failure);
    }
  });

  scope.get('/v1/models', { config: { route: 'models' } }, async (_request: FastifyRequest, reply: FastifyReply) => {
    const data = context.table.models().map((model) => {
      const targets = context.table.workloadsOf(model).flatMap((workload) => context.table.route({ model, workload }) ?? []);
      return {
        id: model,
        object: 'model',
        created: Math.floor(Math.min(...targets.map(({ changedAt }) => Date.parse(changedAt))) / 1000),
        owned_by: 'ratchet',
        ratchet: { targets: targets.map(targetOf) },
      };
    });
    return reply.send({ object: 'list', data });
  });
};

const targetOf = ({ workload, revision, champion, kind, candidate, share, control, controlShare }: RoutingChanged): object => ({
  workload,
  revision,
  champion,
  ...(candidate !== undefined && { kind: kind ?? 'rollout', candidate, share, ...(control !== undefined && { control }), ...(controlShare !== undefined && { controlShare }) }),
});

const label = (reply: FastifyReply, turn: ChatTurn, servedVersion: string): FastifyReply =>
  reply.header(headerNames.version, servedVersion).header(headerNames.conversation, turn.conversationId).header(headerNames.interaction, turn.interactionId);

const answerAtOnce = async ({ chat, turn, reply }: { chat: ChatService; turn: ChatTurn; reply: FastifyReply }): Promise<FastifyReply> => {
  const { servedVersion, completion } = await chat.complete(turn);
  return label(reply, turn, servedVersion).type('application/json; charset=utf-8').send(JSON.stringify(completionBody({ turn, servedVersion, completion })));
};

interface PiecewiseAnswer {
  readonly chat: ChatService;
  readonly turn: ChatTurn;
  readonly reply: FastifyReply;
  readonly stalledMs: number;
  readonly onStalled: () => void;
}

const answerByPieces = async ({ chat, turn, reply, stalledMs, onStalled }: PiecewiseAnswer): Promise<FastifyReply> => {
  const left = new AbortController();
  reply.raw.once('close', () => left.abort());
  const begun = await chat.begin(turn, left.signal);
  const giveUp = (): void => {
    onStalled();
    reply.raw.destroy();
  };
  return label(reply, turn, begun.servedVersion)
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('x-accel-buffering', 'no')
    .send(Readable.from(asTaken(chat.events(turn, begun), { stalledMs, onStalled: giveUp }), { objectMode: false }));
};
