import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema } from '../event/event-definition.js';

export const armSchema = z.enum(['candidate', 'control', 'rest']);
export type Arm = z.infer<typeof armSchema>;

/** Who was to answer (intention to treat): a fallback still counts for the assigned version. */
export const assignmentSchema = z.object({
  rolloutId: idSchema,
  stage: countSchema,
  arm: armSchema,
  version: idSchema,
  overridden: z.boolean().optional(),
  fellBack: z.boolean().optional(),
  /** What the assignment sticks to, and so what may be counted as independent; a conversation where it is absent. */
  unit: z.enum(['conversation', 'user']).optional(),
  /** Group that an experiment's read-out is split by; what it is must not depend on the answer. */
  segment: z.string().min(1).max(100).optional(),
  /** A number known of the unit before it was assigned, that predicts its outcome (CUPED). */
  covariate: z.number().optional(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

export const messageSchema = z.object({ role: z.string().min(1).max(40), content: z.string() });
export type Message = z.infer<typeof messageSchema>;

export const attributesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const interactionSchema = z.object({
  interactionId: idSchema,
  conversationId: idSchema,
  userId: idSchema.optional(),
  workload: idSchema,
  model: idSchema,
  version: idSchema,
  input: z.array(messageSchema).min(1),
  output: z.object({ content: z.string(), finishReason: z.string().optional() }).nullable(),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
  startedAt: instantSchema,
  latencyMs: z.number().nonnegative(),
  usage: z.object({ inputTokens: countSchema.optional(), outputTokens: countSchema.optional() }).optional(),
  costUsd: z.number().nonnegative().optional(),
  attributes: attributesSchema.optional(),
  assignment: assignmentSchema.optional(),
});
export type Interaction = z.infer<typeof interactionSchema>;

/** The user's query is the last `user` message of the input; empty where there is none. */
export const queryOf = (interaction: Pick<Interaction, 'input'>): string =>
  interaction.input.findLast(({ role }) => role === 'user')?.content ?? '';

/**
 * Attribute of an interaction whose texts are not in its event, so that nobody takes them for empty: `absent` where nobody recorded them,
 * `none` where they were left out on purpose.
 */
export const CONTENT_ATTRIBUTE = 'ratchet.content';

/** Whether an interaction's texts are what was said. */
export const hasTexts = ({ attributes }: Pick<Interaction, 'attributes'>): boolean => attributes?.[CONTENT_ATTRIBUTE] === undefined;

export const interactionCompleted = defineEvent('ratchet.interaction.completed', interactionSchema);

export const handoffRequested = defineEvent(
  'ratchet.handoff.requested',
  z.object({ conversationId: idSchema, interactionId: idSchema.optional(), requestedAt: instantSchema, channel: z.string().max(200).optional() }),
);
export type HandoffRequested = z.infer<typeof handoffRequested.schema>;

export const conversationEnded = defineEvent(
  'ratchet.conversation.ended',
  z.object({ conversationId: idSchema, endedAt: instantSchema, taskCompleted: z.boolean().optional() }),
);
export type ConversationEnded = z.infer<typeof conversationEnded.schema>;

/** Internal: the signal-detector appends it to a quiet partition, so that stream time advances with an offset of its own. */
export const clockAdvanced = defineEvent('ratchet.clock.advanced', z.object({ advancedTo: instantSchema }));
export type ClockAdvanced = z.infer<typeof clockAdvanced.schema>;
