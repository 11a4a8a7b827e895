import { z } from 'zod';
import { augmentationSchema, exampleSourceSchema } from '../dataset/example.js';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

export const reviewDecisionSchema = z.object({
  reviewer: z.string().min(1).max(200),
  decision: z.enum(['approve', 'edit', 'reject']),
  /** The answer that the reviewer put in place of the item's. */
  output: z.string().optional(),
  reason: z.string().max(2_000),
  decidedAt: instantSchema,
  /** The command that made it; absent in those of before reviews could be taken back. */
  commandId: idSchema.optional(),
});
export type ReviewDecision = z.infer<typeof reviewDecisionSchema>;

/** A command that changed nothing, and why. */
export const reviewRefusalSchema = z.object({
  reviewer: z.string().min(1).max(200),
  command: z.enum(['review.claim', 'review.release', 'review.approve', 'review.reject', 'review.edit', 'review.reopen']),
  code: z.enum(['claimed_by_another', 'already_decided', 'already_answered', 'in_dataset', 'not_your_decision']),
  refusedAt: instantSchema,
  /** Since reviews can be taken back; before it, absent. */
  commandId: idSchema.optional(),
});
export type ReviewRefusal = z.infer<typeof reviewRefusalSchema>;

/** A decision that its reviewer took back, with the command that did. */
export const withdrawnDecisionSchema = reviewDecisionSchema.extend({ withdrawnAt: instantSchema, withdrawnBecause: z.string().max(2_000), withdrawnBy: idSchema });
export type WithdrawnDecision = z.infer<typeof withdrawnDecisionSchema>;

/** Where an item's answer comes from, beside its source: what a reviewer judges it by. */
export const reviewOriginSchema = z.object({
  /** The answer that failed, where one is known for this very request. */
  failedAnswer: z.string().optional(),
  clusterId: idSchema.optional(),
  strategyId: idSchema.optional(),
  /** Names of the signals that made its interactions failures. */
  signals: z.array(z.string().max(200)).max(50).optional(),
  /** The example that it was made of. */
  parent: z.object({ exampleId: idSchema, input: z.string(), output: z.string() }).optional(),
  augmentation: augmentationSchema.optional(),
  difficulty: z.enum(['easy', 'medium', 'hard']).optional(),
  /** Content hashes of the teacher's results that it rests on. */
  teacherCalls: z.array(z.string().max(200)).max(50).optional(),
  /** What judges of the generation gave it, by name: agreement, critique, similarity. */
  scores: z.record(z.string().max(200), z.number()).optional(),
});
export type ReviewOrigin = z.infer<typeof reviewOriginSchema>;

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
  origin: reviewOriginSchema.optional(),
  /** The last decisions that were taken back. */
  withdrawn: z.array(withdrawnDecisionSchema).max(20).optional(),
  /** Until when an approval can be taken back; absent where nothing is approved, or the answer is on its way into a dataset. */
  undoUntil: instantSchema.optional(),
});
export type ReviewItem = z.infer<typeof reviewItemSchema>;

export const reviewChanged = defineEvent('ratchet.review.changed', z.object({ item: reviewItemSchema, changedAt: instantSchema }));
export type ReviewChanged = z.infer<typeof reviewChanged.schema>;
