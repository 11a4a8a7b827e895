import { z } from 'zod';
import { exampleSourceSchema } from '../dataset/example.js';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

export const reviewDecisionSchema = z.object({
  reviewer: z.string().min(1).max(200),
  decision: z.enum(['approve', 'edit', 'reject']),
  /** The answer that the reviewer put in place of the item's. */
  output: z.string().optional(),
  reason: z.string().max(2_000),
  decidedAt: instantSchema,
});
export type ReviewDecision = z.infer<typeof reviewDecisionSchema>;

/** A command that changed nothing, and why. */
export const reviewRefusalSchema = z.object({
  reviewer: z.string().min(1).max(200),
  command: z.enum(['review.claim', 'review.release', 'review.approve', 'review.reject', 'review.edit']),
  code: z.enum(['claimed_by_another', 'already_decided', 'already_answered']),
  refusedAt: instantSchema,
});
export type ReviewRefusal = z.infer<typeof reviewRefusalSchema>;

/** An example that waits for a person, or on which people have decided. */
export const reviewItemSchema = z.object({
  exampleId: idSchema,
  ...targetFields,
  opportunityId: idSchema,
  input: z.string(),
  output: z.string(),
  source: exampleSourceSchema,
  confidence: shareSchema,
  /** Why it waits. */
  reason: z.string(),
  interactionIds: z.array(idSchema),
  agreeingUsers: countSchema.optional(),
  state: z.enum(['waiting', 'approved', 'rejected', 'withdrawn']),
  /** Nobody else is asked for it until then. */
  claim: z.object({ reviewer: z.string().min(1).max(200), until: instantSchema }).optional(),
  decisions: z.array(reviewDecisionSchema).max(20),
  /** Reviewers who must say the same before it counts; one where absent. */
  reviewersNeeded: countSchema.optional(),
  /** The last commands on it that were refused. */
  refusals: z.array(reviewRefusalSchema).max(5).optional(),
});
export type ReviewItem = z.infer<typeof reviewItemSchema>;

export const reviewChanged = defineEvent('ratchet.review.changed', z.object({ item: reviewItemSchema, changedAt: instantSchema }));
export type ReviewChanged = z.infer<typeof reviewChanged.schema>;
