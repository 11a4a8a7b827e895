import { z } from 'zod';
import { countSchema, defineEvent, idSchema, instantSchema, shareSchema } from '../event/event-definition.js';
import { fixTypeSchema } from '../opportunity/opportunity.js';
import { targetFields } from '../target/target.js';

export const exampleSourceSchema = z.enum(['user_correction', 'conversation', 'reviewer', 'correction', 'variation', 'augmentation', 'curriculum', 'import']);
export type ExampleSource = z.infer<typeof exampleSourceSchema>;

export const exampleSchema = z.object({
  exampleId: idSchema,
  input: z.string(),
  output: z.string(),
  category: z.string().optional(),
  source: exampleSourceSchema,
  split: z.enum(['train', 'test']),
  confidence: shareSchema,
  difficulty: z.enum(['easy', 'medium', 'hard']).optional(),
  /** Where it came from, so that a version can be traced back to the interactions that caused it. */
  lineage: z.object({
    interactionIds: z.array(idSchema),
    opportunityId: idSchema.optional(),
    /** Different users who submitted this very answer. */
    agreeingUsers: countSchema.optional(),
    acceptedBy: z.string().optional(),
  }),
});
export type Example = z.infer<typeof exampleSchema>;

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
    versionedAt: instantSchema,
  }),
);
export type DatasetVersioned = z.infer<typeof datasetVersioned.schema>;

/** A fix that is no training data: the trainer-dispatcher makes a candidate of it. */
export const fixProposed = defineEvent(
  'ratchet.fix.proposed',
  z.object({
    fixId: idSchema,
    ...targetFields,
    baseVersion: idSchema,
    opportunityId: idSchema,
    fixType: fixTypeSchema,
    patch: z.object({
      systemPrompt: z.string().optional(),
      knowledge: z.array(z.object({ entryId: idSchema, title: z.string(), text: z.string() })).optional(),
      safetyThreshold: shareSchema.optional(),
      retrieval: z.object({ topK: countSchema, minScore: z.number() }).optional(),
    }),
    proposedAt: instantSchema,
  }),
);
export type FixProposed = z.infer<typeof fixProposed.schema>;
