import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { strategyChoiceSchema } from '../strategy/strategy.js';
import { targetFields } from '../target/target.js';
import { fixTypeSchema, rootCauseSchema } from './fix-type.js';

export { fixOfRootCause, fixTypeSchema, rootCauseSchema, type FixType, type RootCause } from './fix-type.js';

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

/** A number with the range in which it lies nine times of ten, and what it rests on. */
export const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number(), n: countSchema, basis: z.string() });
export type Estimate = z.infer<typeof estimateSchema>;

/** A place in the plane; only distances to the others of the same analysis mean something. */
export const mapPositionSchema = z.object({ x: z.number(), y: z.number() });
export type MapPosition = z.infer<typeof mapPositionSchema>;

/** What became of a cluster since the analysis before. */
export const clusterChangeSchema = z.object({
  kind: z.enum(['new', 'steady', 'grown', 'shrunk', 'split', 'merged', 'came_back']),
  /** The opportunities that it came from: one, for `merged` several, for `new` none. */
  from: z.array(idSchema).max(20),
  previousSize: countSchema,
  changedAt: instantSchema,
});
export type ClusterChange = z.infer<typeof clusterChangeSchema>;

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
    /** The priority's inputs with their ranges; the score beside is made of the values. */
    estimates: z.object({ affectedUsers: estimateSchema, severity: estimateSchema, estimatedEffort: estimateSchema, regressionRisk: estimateSchema, priority: estimateSchema }).optional(),
    /** Failures of the last 7 days and of the 7 before. */
    trend: z.object({ lastWeek: countSchema, weekBefore: countSchema }).optional(),
    change: clusterChangeSchema.optional(),
    /** Words and attributes that set the cluster apart; the shares are of its failures and of the rest. */
    patterns: z.array(z.object({ kind: z.enum(['words', 'attribute']), pattern: z.string(), share: shareSchema, shareElsewhere: shareSchema })).max(20).optional(),
    /** The two opinions on the root cause, where a judge was asked; without agreement a person decides. */
    diagnosis: z
      .object({
        byRules: z.object({ rootCause: rootCauseSchema, confidence: shareSchema }),
        byJudge: z.object({ rootCause: rootCauseSchema, confidence: shareSchema, reason: z.string(), judge: z.string(), costUsd: z.number().nonnegative().optional() }).optional(),
        byPerson: z.object({ rootCause: rootCauseSchema, actor: z.string(), reason: z.string() }).optional(),
        needsPerson: z.boolean(),
      })
      .optional(),
    suggestedBy: z.enum(['rules', 'judge']).optional(),
    strategyChoice: strategyChoiceSchema.optional(),
    /** On the map of the target's clusters, where distances come close to (1 - cosine of their centres)². */
    position: mapPositionSchema.optional(),
  }),
);
export type OpportunityRanked = z.infer<typeof opportunityRanked.schema>;

export const opportunityClosed = defineEvent(
  'ratchet.opportunity.closed',
  z.object({ opportunityId: idSchema, ...targetFields, reason: z.enum(['fixed', 'faded', 'merged', 'dismissed']), version: idSchema.optional(), closedAt: instantSchema }),
);
export type OpportunityClosed = z.infer<typeof opportunityClosed.schema>;
