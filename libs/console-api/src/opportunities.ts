import { clusterChangeSchema, fixTypeSchema, mapPositionSchema, opportunityClosed, opportunityRanked, rootCauseSchema } from '@ratchet/domain';
import { z } from 'zod';
import { nameField, pagingFields } from './query-fields.js';

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().nonnegative();

/** What people may say that a cluster's cause is. */
export const rootCauses = rootCauseSchema.options;

export const opportunitiesQuerySchema = z.object({
  state: z.enum(['open', 'closed']).default('open'),
  model: nameField.optional(),
  workload: nameField.optional(),
  rootCause: rootCauseSchema.optional(),
  ...pagingFields,
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

export const opportunityMapQuerySchema = z.object({ model: nameField.optional(), workload: nameField.optional() });
export type OpportunityMapQuery = z.infer<typeof opportunityMapQuerySchema>;

const mappedClusterSchema = opportunitySummarySchema
  .pick({ opportunityId: true, size: true, affectedUsers: true, priority: true, rootCause: true, commonPatterns: true, trend: true })
  .extend({ position: mapPositionSchema });
export type MappedCluster = z.infer<typeof mappedClusterSchema>;

const mappedTargetSchema = z.object({ model: z.string(), workload: z.string(), clusters: count, failures: count });

/** The open clusters of one target that have a place, the largest first. */
export const opportunityMapSchema = z.object({
  /** Of those that were asked for, the one with the most failures in clusters; null where there is none. */
  target: mappedTargetSchema.nullable(),
  /** That were asked for, those with the most failures first; at most 100. */
  targets: z.array(mappedTargetSchema),
  /** At most 200. */
  clusters: z.array(mappedClusterSchema),
});
export type OpportunityMap = z.infer<typeof opportunityMapSchema>;

/** What became of a cluster: as an analysis found it, or why it was closed; `merged_away`: its failures are another's now. */
export const historyKinds = [...clusterChangeSchema.shape.kind.options, 'merged_away', 'fixed', 'faded', 'dismissed'] as const;

export const opportunityHistoryEntrySchema = z.object({
  at: instant,
  /** Null where only its priority was looked at again. */
  kind: z.enum(historyKinds).nullable(),
  /** Null from here on where it was closed. */
  size: count.nullable(),
  affectedUsers: count.nullable(),
  priority: z.number().nullable(),
  rank: count.nullable(),
  rootCause: rootCauseSchema.nullable(),
  /** The clusters that it came from. */
  from: z.array(z.string()),
  /** That fixed it. */
  version: z.string().nullable(),
});
export type OpportunityHistoryEntry = z.infer<typeof opportunityHistoryEntrySchema>;

/** Where something changed, the oldest first; of more than 1,000 entries, the newest. */
export const opportunityHistorySchema = z.object({ items: z.array(opportunityHistoryEntrySchema) });
export type OpportunityHistory = z.infer<typeof opportunityHistorySchema>;
