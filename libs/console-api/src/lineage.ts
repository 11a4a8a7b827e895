import {
  bundleSchema, candidateJudged, changedItemSchema, datasetPurposeSchema, datasetVersioned, exampleSchema, exampleSourceSchema, fixPatchSchema, fixTypeSchema, gateResultSchema, lossPointSchema, strategySchema, trainerBackendSchema,
  trainingConfigSchema, triggerSchema,
} from '@ratchet/domain';
import { z } from 'zod';
import { nameField, pagingFields } from './query-fields.js';

const instant = z.iso.datetime({ offset: true });
const count = z.number().int().nonnegative();
const target = { model: z.string(), workload: z.string() };

const listFields = {
  model: nameField.optional(),
  workload: nameField.optional(),
  ...pagingFields,
};

const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), next: z.string().nullable() });

export const datasetsQuerySchema = z.object({ ...listFields, purpose: datasetPurposeSchema.optional() });
export type DatasetsQuery = z.infer<typeof datasetsQuerySchema>;

export const datasetSummarySchema = z.object({
  datasetId: z.string(),
  ...target,
  purpose: datasetPurposeSchema,
  trainCount: count,
  testCount: count,
  highPriority: z.boolean(),
  versionedAt: instant,
});
export type DatasetSummary = z.infer<typeof datasetSummarySchema>;
export const datasetsPageSchema = pageOf(datasetSummarySchema);

const countsOf = z.array(z.object({ name: z.string(), train: count, test: count }));
const cycleLinkSchema = z.object({ cycleId: z.string(), state: z.string(), version: z.string().nullable(), startedAt: instant });

export const datasetDetailSchema = z.object({
  ...datasetSummarySchema.shape,
  contentHash: z.string(),
  failuresAnalyzed: count,
  opportunityIds: z.array(z.string()),
  rejected: datasetVersioned.schema.shape.rejected,
  strategies: z.array(z.object({ opportunityId: z.string(), strategy: strategySchema })),
  training: datasetVersioned.schema.shape.training,
  costUsd: z.number().nullable(),
  /** Of the examples that are still there: an erasure takes examples away. */
  kept: count,
  sources: countsOf,
  categories: countsOf,
  /** Against the target's dataset before this one; null where there is none, or it is not known. */
  difference: z.object({ previousDatasetId: z.string(), onlyHere: count, onlyBefore: count, inBoth: count }).nullable(),
  cycles: z.array(cycleLinkSchema),
  fixes: z.array(z.object({ fixId: z.string(), fixType: fixTypeSchema, summary: z.string().nullable() })),
});
export type DatasetDetail = z.infer<typeof datasetDetailSchema>;

export const examplesQuerySchema = z.object({ split: z.enum(['train', 'test']).optional(), source: exampleSourceSchema.optional(), category: nameField.optional(), after: listFields.after, limit: listFields.limit });
export type ExamplesQuery = z.infer<typeof examplesQuerySchema>;
export const examplesPageSchema = pageOf(exampleSchema);
export type ExamplesPage = z.infer<typeof examplesPageSchema>;

export const cyclesQuerySchema = z.object({ ...listFields, state: nameField.optional() });
export type CyclesQuery = z.infer<typeof cyclesQuerySchema>;

export const cycleSummarySchema = z.object({
  cycleId: z.string(),
  ...target,
  /** `training`, `judging`, `rollout`, `waiting for a person`, `promoted`, `rolled back`, `rejected`, `training failed`, … */
  state: z.string(),
  version: z.string().nullable(),
  baseVersion: z.string(),
  trigger: triggerSchema,
  exampleCount: count,
  outcome: candidateJudged.schema.shape.outcome.nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
});
export type CycleSummary = z.infer<typeof cycleSummarySchema>;
export const cyclesPageSchema = pageOf(cycleSummarySchema);

export const decisionSchema = z.object({ decisionId: z.string(), cycleId: z.string().nullable(), ...target, kind: z.string(), actor: z.string(), reason: z.string(), rolloutId: z.string().nullable(), happenedAt: instant });
export type Decision = z.infer<typeof decisionSchema>;
export const decisionsQuerySchema = z.object(listFields);
export type DecisionsQuery = z.infer<typeof decisionsQuerySchema>;
export const decisionsPageSchema = pageOf(decisionSchema);

/** The gates' verdict, without its items. */
export const gateReportSchema = z.object({
  outcome: candidateJudged.schema.shape.outcome,
  message: z.string(),
  gates: z.array(gateResultSchema),
  awaits: candidateJudged.schema.shape.awaits,
  evidence: candidateJudged.schema.shape.evidence,
  judgedAt: instant,
});
export type GateReport = z.infer<typeof gateReportSchema>;

export const fixSchema = z.object({ fixId: z.string(), fixType: fixTypeSchema, opportunityId: z.string(), datasetId: z.string().nullable(), summary: z.string().nullable(), patch: fixPatchSchema, proposedAt: instant });
export type Fix = z.infer<typeof fixSchema>;

export const cycleDetailSchema = z.object({
  ...cycleSummarySchema.shape,
  triggerReason: z.string(),
  /** What every trigger saw. */
  triggerFacts: trainingConfigSchema.nullable(),
  failuresAnalyzed: count,
  datasetIds: z.array(z.string()),
  opportunityIds: z.array(z.string()),
  run: z.object({
    trainingRunId: z.string(),
    backend: trainerBackendSchema.nullable(),
    config: trainingConfigSchema,
    seconds: z.number().nullable(),
    costUsd: z.number().nullable(),
    metrics: z.record(z.string(), z.number()),
    dataHash: z.string().nullable(),
    failed: z.object({ reason: z.string(), code: z.string().nullable(), at: instant }).nullable(),
  }),
  fix: fixSchema.nullable(),
  /** Empty where the trainer told none. */
  lossCurve: z.array(lossPointSchema),
  report: gateReportSchema.nullable(),
  /** In the order of time; at most 500. */
  decisions: z.array(decisionSchema),
});
export type CycleDetail = z.infer<typeof cycleDetailSchema>;

export const changedItemsAnswerSchema = z.object({
  better: z.array(changedItemSchema),
  worse: z.array(changedItemSchema),
  /** How many there were, told or not. */
  betterCount: count,
  worseCount: count,
});
export type ChangedItemsAnswer = z.infer<typeof changedItemsAnswerSchema>;

export const versionsQuerySchema = z.object(listFields);
export type VersionsQuery = z.infer<typeof versionsQuerySchema>;

export const versionSummarySchema = z.object({
  version: z.string(),
  ...target,
  ordinal: count,
  role: z.enum(['champion', 'candidate', 'none']),
  parentVersion: z.string().nullable(),
  cycleId: z.string().nullable(),
  /** Of the cycle that made it; null for one that no cycle made. */
  state: z.string().nullable(),
  publishedAt: instant,
});
export type VersionSummary = z.infer<typeof versionSummarySchema>;
export const versionsPageSchema = pageOf(versionSummarySchema);

export const versionDetailSchema = z.object({
  ...versionSummarySchema.shape,
  contentHash: z.string(),
  bundle: bundleSchema,
  /** Its base's bundle, to be compared; null where it has no base, or the base is not known. */
  parentBundle: bundleSchema.nullable(),
  report: gateReportSchema.nullable(),
  decisions: z.array(decisionSchema),
  /** Versions that were made from it. */
  children: z.array(z.string()),
});
export type VersionDetail = z.infer<typeof versionDetailSchema>;

export const lineageNodeKinds = ['version', 'cycle', 'run', 'verdict', 'rollout', 'promotion', 'rollback', 'dataset', 'fix', 'opportunity', 'interaction', 'more'] as const;
export const lineageNodeSchema = z.object({
  nodeId: z.string(),
  kind: z.enum(lineageNodeKinds),
  label: z.string(),
  /** One line about it; may be empty. */
  detail: z.string(),
  /** Page of the console, where there is one. */
  href: z.string().nullable(),
  /** How many things a node stands for: 1, but for `more`. */
  count,
});
export type LineageNode = z.infer<typeof lineageNodeSchema>;

/** `from` led to `to`. */
export const lineageEdgeSchema = z.object({ from: z.string(), to: z.string() });
export type LineageEdge = z.infer<typeof lineageEdgeSchema>;

export const lineageGraphSchema = z.object({ nodes: z.array(lineageNodeSchema).max(200), edges: z.array(lineageEdgeSchema).max(1_000) });
export type LineageGraph = z.infer<typeof lineageGraphSchema>;
