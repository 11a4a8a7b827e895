import type { ClockAdvanced, ConversationEnded, Feedback, HandoffRequested, Interaction, InteractionFailed, SignalDetected } from '@ratchet/domain';

/** The events that the tracker understands, as their topic holds them. */
export type TrackedEvent =
  | { readonly type: 'ratchet.interaction.completed'; readonly data: Interaction }
  | { readonly type: 'ratchet.feedback.given'; readonly data: Feedback }
  | { readonly type: 'ratchet.handoff.requested'; readonly data: HandoffRequested }
  | { readonly type: 'ratchet.conversation.ended'; readonly data: ConversationEnded }
  | { readonly type: 'ratchet.clock.advanced'; readonly data: ClockAdvanced };

/** One record of a partition, in the order of its offsets. */
export interface TrackedRecord {
  readonly event: TrackedEvent;
  readonly eventId: string;
  readonly traceparent?: string | undefined;
  readonly offset: bigint;
  /** Event time in milliseconds since the epoch, no later than a minute after the record's append time. */
  readonly timeMs: number;
  /** True where the source has no times of its own: then nothing is concluded from seconds. */
  readonly untimed?: boolean;
}

/**
 * An event to send; `id` is derived from what it comes from, so that a repeat makes the same one. `key` is the conversation id, `traceparent` that of
 * the interaction that it is about.
 */
export type Emission =
  | { readonly type: 'ratchet.signal.detected'; readonly key: string; readonly id: string; readonly traceparent: string | undefined; readonly data: SignalDetected }
  | { readonly type: 'ratchet.interaction.failed'; readonly key: string; readonly id: string; readonly traceparent: string | undefined; readonly data: InteractionFailed };

/** Model, workload and version of evidence whose interaction is not among the open conversations: consumers join it by interaction id. */
export const UNKNOWN_SUBJECT = 'unknown';
