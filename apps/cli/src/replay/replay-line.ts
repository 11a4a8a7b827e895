import { checkStructured } from '@ratchet/contracts';
import type { EventEnvelope } from '@ratchet/contracts';
import { conversationEnded, feedbackGiven, handoffRequested, interactionCompleted } from '@ratchet/domain';

/** What products send; everything else is said by Ratchet's own services. */
export const inboundTypes: ReadonlySet<string> = new Set([interactionCompleted, feedbackGiven, handoffRequested, conversationEnded].map(({ type }) => type));

export type ReplayLine = { readonly ok: true; readonly event: EventEnvelope } | { readonly ok: false; readonly problem: string };

/** Reads one line of a replay: a structured CloudEvent of a type that may be sent. */
export const parseReplayLine = (text: string, { anyType }: { anyType: boolean }): ReplayLine => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `is not JSON: ${(error as Error).message}` };
  }
  const checked = checkStructured(value);
  if (!checked.ok) return { ok: false, problem: `${checked.code}: ${checked.message}` };
  if (!anyType && !inboundTypes.has(checked.event.type)) {
    return { ok: false, problem: `${checked.event.type} is an event of Ratchet's own services; --any sends it nevertheless` };
  }
  return { ok: true, event: checked.event };
};
