import type { EventEnvelope } from '@ratchet/contracts';
import { interactionCompleted, type Interaction } from '@ratchet/domain';
import { newEventId } from '@ratchet/observability';
import type { TokenUsage } from '@ratchet/providers';
import type { ChatTurn } from './chat-turn.js';

/** How a turn ended. */
export interface TurnEnd {
  /** The version that was asked last: the one that answered, if any did. */
  readonly servedVersion: string;
  readonly fellBack: boolean;
  readonly latencyMs: number;
  readonly output: { readonly content: string; readonly finishReason: string } | null;
  readonly error?: { readonly type: string; readonly message: string };
  readonly usage?: TokenUsage;
  readonly costUsd?: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

const SOURCE = '/ratchet/gateway';

/** The event that tells the loop about a turn. */
export const interactionOf = (turn: ChatTurn, end: TurnEnd): EventEnvelope<Interaction> => {
  const { choice, request } = turn;
  const { assignment, overridden } = choice;
  const data: Interaction = {
    interactionId: turn.interactionId,
    conversationId: turn.conversationId,
    ...(turn.userId !== undefined && { userId: turn.userId }),
    workload: turn.workload,
    model: request.model,
    version: end.servedVersion,
    input: [...request.messages],
    output: end.output,
    ...(end.error && { error: end.error }),
    startedAt: turn.startedAt,
    latencyMs: Math.round(end.latencyMs * 1000) / 1000,
    ...(end.usage && { usage: end.usage }),
    ...(end.costUsd !== undefined && { costUsd: end.costUsd }),
    // Outside a rollout there is no assignment to say it, but a tester's request is still no user's.
    attributes: { ...end.attributes, ...(overridden && { 'ratchet.overridden': true }) },
    ...(assignment && { assignment: end.fellBack ? { ...assignment, fellBack: true } : assignment }),
  };
  return { id: newEventId(), source: SOURCE, type: interactionCompleted.type, time: turn.startedAt, data };
};
