import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { targetFields } from '../target/target.js';

export const rootCauseSchema = z.enum(['knowledge_gap', 'intent_misunderstood', 'format_unclear', 'over_conservative_safety', 'insufficient_grounding']);
export type RootCause = z.infer<typeof rootCauseSchema>;

export const fixTypeSchema = z.enum(['knowledge_entries', 'training_examples', 'prompt_patch', 'safety_threshold', 'retrieval_change']);
export type FixType = z.infer<typeof fixTypeSchema>;

/** The article's root-cause table. */
export const fixOfRootCause: Record<RootCause, FixType> = {
  knowledge_gap: 'knowledge_entries',
  intent_misunderstood: 'training_examples',
  format_unclear: 'prompt_patch',
  over_conservative_safety: 'safety_threshold',
  insufficient_grounding: 'retrieval_change',
};

export interface PriorityInputs {
  /** People whose requests failed in this way. */
  readonly affectedUsers: number;
  /** 0 (an annoyance) to 1 (harm). */
  readonly severity: number;
  /** Working days. */
  readonly estimatedEffort: number;
  /** Probability that the fix breaks something else. */
  readonly regressionRisk: number;
}

/** The article's formula: (affected users · severity) · 1/(estimated effort + 1) · (1 − regression risk). */
export const priorityOf = ({ affectedUsers, severity, estimatedEffort, regressionRisk }: PriorityInputs): number =>
  affectedUsers * severity * (1 / (estimatedEffort + 1)) * (1 - regressionRisk);

export const failureSampleSchema = z.object({ interactionId: idSchema, query: z.string(), response: z.string(), correction: z.string().optional() });

export const opportunityRanked = defineEvent(
  'ratchet.opportunity.ranked',
  z.object({
    opportunityId: idSchema,
    clusterId: idSchema,
    ...targetFields,
    version: idSchema,
    size: countSchema,
    affectedUsers: countSchema,
    severity: shareSchema,
    estimatedEffort: z.number().nonnegative(),
    regressionRisk: shareSchema,
    priority: z.number().nonnegative(),
    rank: countSchema,
    rootCause: rootCauseSchema,
    rootCauseConfidence: shareSchema,
    rootCauseReason: z.string(),
    fixType: fixTypeSchema,
    suggestedFix: z.string(),
    strategy: z.string(),
    commonPatterns: z.array(z.string()),
    representatives: z.array(failureSampleSchema).max(5),
    /** The cluster's failures, nearest to the centre first; at most 2,000. */
    interactionIds: z.array(idSchema).max(2000),
    analysisId: idSchema,
    failuresAnalyzed: countSchema,
    rankedAt: instantSchema,
  }),
);
export type OpportunityRanked = z.infer<typeof opportunityRanked.schema>;

export const opportunityClosed = defineEvent(
  'ratchet.opportunity.closed',
  z.object({ opportunityId: idSchema, ...targetFields, reason: z.enum(['fixed', 'faded', 'merged', 'dismissed']), version: idSchema.optional(), closedAt: instantSchema }),
);
export type OpportunityClosed = z.infer<typeof opportunityClosed.schema>;
