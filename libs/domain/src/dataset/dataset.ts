import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { fixTypeSchema } from '../opportunity/fix-type.js';
import { strategySchema, trainingRecipeSchema } from '../strategy/strategy.js';
import { targetFields } from '../target/target.js';
import { exampleSchema } from './example.js';

/** A dataset's rows travel in events of at most 200, before the `dataset.versioned` that closes it. */
export const EXAMPLES_PER_EVENT = 200;

export const examplesAdded = defineEvent(
  'ratchet.examples.added',
  z.object({ datasetId: idSchema, ...targetFields, examples: z.array(exampleSchema).min(1).max(EXAMPLES_PER_EVENT), addedAt: instantSchema }),
);
export type ExamplesAdded = z.infer<typeof examplesAdded.schema>;

export const datasetPurposeSchema = z.enum(['training', 'general_suite', 'safety_suite']);

export const datasetVersioned = defineEvent(
  'ratchet.dataset.versioned',
  z.object({
    datasetId: idSchema,
    ...targetFields,
    purpose: datasetPurposeSchema,
    trainCount: countSchema,
    testCount: countSchema,
    /** SHA-256 over the sorted example ids. */
    contentHash: z.string(),
    opportunityIds: z.array(idSchema),
    failuresAnalyzed: countSchema,
    rejected: z.array(z.object({ reason: z.string(), count: countSchema })),
    highPriority: z.boolean(),
    /** The strategy that each opportunity's examples were made by. */
    strategies: z.array(z.object({ opportunityId: idSchema, strategy: strategySchema })).optional(),
    /** Datasets are trained together only where this is the same. */
    training: trainingRecipeSchema.extend({ curriculum: z.boolean() }).optional(),
    /** Of all calls to a teacher. */
    costUsd: z.number().nonnegative().optional(),
    /** The target's dataset before this one. */
    previousDatasetId: idSchema.optional(),
    versionedAt: instantSchema,
  }),
);
export type DatasetVersioned = z.infer<typeof datasetVersioned.schema>;

/** What a fix changes of a version; `applyPatch` says how. `systemPrompt` is one section, which begins with its `## ` heading. */
export const fixPatchSchema = z.object({
  systemPrompt: z.string().optional(),
  knowledge: z.array(z.object({ entryId: idSchema, title: z.string(), text: z.string() })).optional(),
  safetyThreshold: shareSchema.optional(),
  retrieval: z.object({ topK: countSchema, minScore: z.number() }).optional(),
});
export type FixPatch = z.infer<typeof fixPatchSchema>;

/** A fix that is no training data: the trainer-dispatcher makes a candidate of it. */
export const fixProposed = defineEvent(
  'ratchet.fix.proposed',
  z.object({
    fixId: idSchema,
    ...targetFields,
    baseVersion: idSchema,
    opportunityId: idSchema,
    fixType: fixTypeSchema,
    patch: fixPatchSchema,
    /** What was changed and why, for people. */
    summary: z.string().optional(),
    strategy: strategySchema.optional(),
    /** Holds the examples (`test`) that the candidate must do better on. */
    datasetId: idSchema.optional(),
    costUsd: z.number().nonnegative().optional(),
    proposedAt: instantSchema,
  }),
);
export type FixProposed = z.infer<typeof fixProposed.schema>;
