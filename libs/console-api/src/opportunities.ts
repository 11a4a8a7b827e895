import { clusterChangeSchema, fixTypeSchema, opportunityClosed, opportunityRanked, rootCauseSchema } from '@ratchet/domain';
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().nonnegative();
const name = z.string().min(1).max(200).regex(/^[^\u0000]*$/u, 'may not hold a NUL');

/** What people may say that a cluster's cause is. */
export const rootCauses = rootCauseSchema.options;

export const opportunitiesQuerySchema = z.object({
  state: z.enum(['open', 'closed']).default('open'),
  model: name.optional(),
  workload: name.optional(),
  rootCause: rootCauseSchema.optional(),
  /** The `next` of the page before. */
  after: z.string().min(1).max(1_000).regex(/^[A-Za-z0-9_-]+$/u, 'is no `next` of a page').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type OpportunitiesQuery = z.infer<typeof opportunitiesQuerySchema>;

export const opportunitySummarySchema = z.object({
  opportunityId: z.string(),
  model: z.string(),
  workload: z.string(),
  version: z.string(),
  /** Failures in the cluster. */
  size: count,
  affectedUsers: count,
  priority: z.number(),
  rootCause: rootCauseSchema,
  fixType: fixTypeSchema,
  commonPatterns: z.array(z.string()),
  trend: opportunityRanked.schema.shape.trend,
  change: clusterChangeSchema.shape.kind.nullable(),
  needsPerson: z.boolean(),
  /** When an analysis last ranked it. */
  rankedAt: instant,
  /** Why it is no longer open. */
  closed: opportunityClosed.schema.shape.reason.nullable(),
});
export type OpportunitySummary = z.infer<typeof opportunitySummarySchema>;

/** Open ones by priority, closed ones the newest first. */
export const opportunitiesPageSchema = z.object({ items: z.array(opportunitySummarySchema), next: z.string().nullable() });

/** As the last analysis ranked it; of an erased user's failures, texts and ids are taken out. */
export const opportunityDetailSchema = z.object({
  opportunity: opportunityRanked.schema,
  closed: opportunityClosed.schema.nullable(),
  /** What was made of it, the newest first; at most 50. */
  datasets: z.array(z.object({ datasetId: z.string(), versionedAt: instant })),
  cycles: z.array(z.object({ cycleId: z.string(), state: z.string(), version: z.string().nullable(), startedAt: instant })),
});
export type OpportunityDetail = z.infer<typeof opportunityDetailSchema>;
