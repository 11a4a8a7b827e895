import { evidenceSchema, feedbackReasonSchema, fixTypeSchema, opportunityClosed, rootCauseSchema, signalNameSchema } from '@ratchet/domain';
import { z } from 'zod';
import { nameField, pagingFields } from './query-fields.js';

const instant = z.iso.datetime({ offset: true });
const share = z.number().min(0).max(1);

/** All signals that there are, those of failures and those against them. */
export const signalNames = signalNameSchema.options;

export const failuresQuerySchema = z.object({
  model: nameField.optional(),
  workload: nameField.optional(),
  version: nameField.optional(),
  signal: signalNameSchema.optional(),
  /** Failures that the last analysis put into this cluster; of a cluster, at most the 2,000 nearest to its centre. */
  opportunity: nameField.optional(),
  conversation: nameField.optional(),
  user: nameField.optional(),
  /** Words that must all be in what was asked, answered, corrected or commented, or in an id; the beginning of a word is enough. */
  search: z.string().max(200).optional(),
  ...pagingFields,
});
export type FailuresQuery = z.infer<typeof failuresQuerySchema>;

export const failureSummarySchema = z.object({
  interactionId: z.string(),
  conversationId: z.string(),
  model: z.string(),
  workload: z.string(),
  version: z.string(),
  /** Cut after 300 characters. */
  query: z.string(),
  response: z.string(),
  /** That it failed, from all signals together. */
  probability: share,
  severity: share,
  signals: z.array(signalNameSchema),
  /** The workload keeps its texts to itself. */
  contentWithheld: z.boolean(),
  opportunityId: z.string().nullable(),
  closedAt: instant,
});
export type FailureSummary = z.infer<typeof failureSummarySchema>;

/** The newest first. */
export const failuresPageSchema = z.object({ items: z.array(failureSummarySchema), next: z.string().nullable() });

/** A signal with its evidence; one that came after the interaction's window had closed has a time of its own. */
export const shownSignalSchema = z.object({
  name: signalNameSchema,
  strength: share,
  evidence: evidenceSchema,
  late: z.boolean(),
  detectedAt: instant.nullable(),
});
export type ShownSignal = z.infer<typeof shownSignalSchema>;

/** One exchange of a conversation. */
export const turnSchema = z.object({
  interactionId: z.string(),
  version: z.string(),
  /** What the user wrote; null where it is a step of an agent, after the same message. */
  query: z.string().nullable(),
  /** What the user was shown; null where there was no output. */
  response: z.string().nullable(),
  /** Type and message of the error, where there was one. */
  error: z.string().nullable(),
  /** Whether it failed, too. */
  failed: z.boolean(),
  startedAt: instant,
});
export type Turn = z.infer<typeof turnSchema>;

export const failureDetailSchema = z.object({
  failure: failureSummarySchema.extend({
    userId: z.string().nullable(),
    reasons: z.array(feedbackReasonSchema),
    comments: z.array(z.string()),
    correction: z.string().nullable(),
    startedAt: instant,
  }),
  signals: z.array(shownSignalSchema),
  /** The conversation around it as the user saw it, in order, the failure among it; nothing but the failure where the others are not kept. */
  turns: z.array(turnSchema),
  /** Whether there are turns before, or after, those that are shown. */
  more: z.object({ before: z.boolean(), after: z.boolean() }),
  /** Where the rest of the conversation is not kept: a sample is, and the newest. */
  conversationKept: z.boolean(),
  opportunity: z
    .object({ opportunityId: z.string(), commonPatterns: z.array(z.string()), rootCause: rootCauseSchema, fixType: fixTypeSchema, closed: opportunityClosed.schema.shape.reason.nullable() })
    .nullable(),
});
export type FailureDetail = z.infer<typeof failureDetailSchema>;
