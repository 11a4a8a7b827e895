import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { assignmentSchema, attributesSchema } from '../interaction/interaction.js';
import { feedbackReasonSchema } from '../interaction/feedback.js';

export const negativeSignals = [
  'reformulation',
  'repeated_query',
  'quick_abandonment',
  'session_abandonment',
  'quick_follow_up',
  'correction',
  'escalation',
  'system_repetition',
  'unresolved_request',
  'error',
  'thumbs_down',
  'low_rating',
  'user_correction',
  'negative_comment',
  'quality_low',
  'unsafe_answer',
] as const;
export const positiveSignals = ['thanks', 'task_completed', 'moved_on', 'thumbs_up', 'high_rating'] as const;

export const signalNameSchema = z.enum([...negativeSignals, ...positiveSignals]);
export type SignalName = z.infer<typeof signalNameSchema>;

/** What a person can check: the words, times and ids that the detector saw. */
export const evidenceSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type Evidence = z.infer<typeof evidenceSchema>;

export const signalSchema = z.object({ name: signalNameSchema, strength: shareSchema, evidence: evidenceSchema });
export type Signal = z.infer<typeof signalSchema>;

const subject = {
  interactionId: idSchema,
  conversationId: idSchema,
  userId: idSchema.optional(),
  model: idSchema,
  workload: idSchema,
  version: idSchema,
};

export const signalDetected = defineEvent(
  'ratchet.signal.detected',
  z.object({
    signalId: idSchema,
    ...subject,
    ...signalSchema.shape,
    /** True when the interaction's window had closed: it changes no count, and the analyzer joins it by interaction id. */
    late: z.boolean().optional(),
    correction: z.string().optional(),
    comment: z.string().optional(),
    reasons: z.array(feedbackReasonSchema).optional(),
    /** The workload keeps its texts to itself: evidence quotes nobody, and there is no comment and no correction. */
    contentWithheld: z.boolean().optional(),
    assignment: assignmentSchema.optional(),
    detectedAt: instantSchema,
  }),
);
export type SignalDetected = z.infer<typeof signalDetected.schema>;

export const interactionFailed = defineEvent(
  'ratchet.interaction.failed',
  z.object({
    ...subject,
    query: z.string(),
    response: z.string(),
    /** Probability that the interaction failed, from all its signals together. */
    probability: shareSchema,
    severity: shareSchema,
    signals: z.array(signalSchema),
    reasons: z.array(feedbackReasonSchema).optional(),
    comment: z.string().optional(),
    correction: z.string().optional(),
    /** The workload keeps its texts to itself: query and response are empty here, and evidence quotes nobody. */
    contentWithheld: z.boolean().optional(),
    attributes: attributesSchema.optional(),
    assignment: assignmentSchema.optional(),
    startedAt: instantSchema,
    closedAt: instantSchema,
  }),
);
export type InteractionFailed = z.infer<typeof interactionFailed.schema>;

const evaluatorNameSchema = z.enum(['relevance', 'factuality', 'safety', 'format']);

/** Which model judged, with which version of the prompt; absent where the score comes from a rule. */
const judgeSchema = z.object({ provider: idSchema, model: z.string().min(1), prompt: idSchema });

const qualityScoreSchema = z.object({
  evaluator: evaluatorNameSchema,
  score: shareSchema,
  explanation: z.string(),
  /** The same under the names of OpenTelemetry's `gen_ai.evaluation.result`, for exporters. */
  'gen_ai.evaluation.name': z.string().optional(),
  'gen_ai.evaluation.score.value': z.number().optional(),
  'gen_ai.evaluation.score.label': z.string().optional(),
  'gen_ai.evaluation.explanation': z.string().optional(),
  judge: judgeSchema.optional(),
  usage: z.object({ inputTokens: countSchema, outputTokens: countSchema }).optional(),
  costUsd: z.number().nonnegative().optional(),
  /** Chance with which this score was taken: weigh it by the inverse in any mean. */
  inclusionRate: shareSchema.optional(),
});

export const qualityEvaluated = defineEvent(
  'ratchet.quality.evaluated',
  z.object({
    evaluationId: idSchema,
    ...subject,
    scores: z.array(qualityScoreSchema),
    /** Evaluators that gave no score, and why. */
    off: z.array(z.object({ evaluator: evaluatorNameSchema, reason: z.string(), judge: judgeSchema.optional() })).optional(),
    assignment: assignmentSchema.optional(),
    evaluatedAt: instantSchema,
  }),
);
export type QualityEvaluated = z.infer<typeof qualityEvaluated.schema>;
