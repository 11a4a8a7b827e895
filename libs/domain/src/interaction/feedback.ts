import { z } from 'zod';
import { defineEvent, idSchema, instantSchema } from '../event/event-definition.js';

const rating = z.number().min(1).max(5);
export const feedbackReasonSchema = z.enum(['more_detail', 'incorrect', 'did_not_answer', 'hard_to_understand', 'other']);
export type FeedbackReason = z.infer<typeof feedbackReasonSchema>;

export const feedbackSchema = z.object({
  feedbackId: idSchema,
  conversationId: idSchema,
  interactionId: idSchema.optional(),
  /** `thumbs`, `rating`, `correction`, `comment`, or a metric declared in the configuration. */
  name: idSchema,
  value: z.union([z.number(), z.boolean(), z.string()]).optional(),
  ratings: z.object({ accuracy: rating.optional(), helpfulness: rating.optional(), clarity: rating.optional() }).optional(),
  reasons: z.array(feedbackReasonSchema).optional(),
  comment: z.string().max(20_000).optional(),
  correction: z.string().max(20_000).optional(),
  source: z.object({ type: z.enum(['user', 'reviewer', 'judge', 'code']), id: idSchema.optional() }),
  givenAt: instantSchema,
});
export type Feedback = z.infer<typeof feedbackSchema>;

export const feedbackGiven = defineEvent('ratchet.feedback.given', feedbackSchema);

/** Products send thumbs as true/false, 1/0, 1/-1 or up/down; undefined where the value is none of these. */
export const thumbsUp = (value: Feedback['value']): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value > 0;
  const word = value?.toLowerCase();
  if (word === 'up' || word === 'true' || word === '1') return true;
  if (word === 'down' || word === 'false' || word === '0' || word === '-1') return false;
  return undefined;
};
