import { z } from 'zod';
import { countSchema, idSchema, shareSchema } from '../event/event-definition.js';
import { fixTypeSchema } from '../opportunity/fix-type.js';

/** How examples are made for one opportunity. */
export const dataRecipeSchema = z.object({
  /** `agreed`: only answers that enough users agree on; `spread`: similar requests of other users get them, too; `taught`: the teacher answers what nobody corrected. */
  corrections: z.enum(['agreed', 'spread', 'taught']),
  /** Wordings made of each corrected request; 0 for none. */
  variations: countSchema.max(20),
  /** Examples that augmentation tops the opportunity up to; 0 for none. */
  augmentTo: countSchema.max(10_000),
  /** Examples for each level, easy to hard, and training in that order. */
  curriculum: z.boolean(),
});
export type DataRecipe = z.infer<typeof dataRecipeSchema>;

/** How a candidate is trained on them. */
export const trainingRecipeSchema = z.object({
  recipe: z.enum(['article', 'gentle', 'fast', 'full']),
  /** Retained examples for each new one; the recipe's own number where absent. */
  retentionRatio: z.number().min(0).max(10).optional(),
});
export type TrainingRecipe = z.infer<typeof trainingRecipeSchema>;

/** How a fix that is no training is made. */
export const patchRecipeSchema = z.discriminatedUnion('kind', [
  /** `agreed`: entries from what enough users agree on; `reviewed`: from reviewers' answers; `taught`: written by the teacher, and reviewed. */
  z.object({ kind: z.literal('knowledge_entries'), from: z.enum(['agreed', 'reviewed', 'taught']) }),
  /** `rule`: a sentence for the complaint; `examples`: that and answers that were accepted; `taught`: written by the teacher. */
  z.object({ kind: z.literal('prompt_patch'), by: z.enum(['rule', 'examples', 'taught']) }),
  /** `step` is added to the version's threshold. */
  z.object({ kind: z.literal('safety_threshold'), step: z.number().min(0.01).max(0.5) }),
  /** Added to the version's settings; `groundedOnly` says in the system prompt that nothing may be said that no passage says. */
  z.object({ kind: z.literal('retrieval_change'), topKBy: z.number().int().min(-10).max(10), minScoreBy: z.number().min(-0.5).max(0.5), groundedOnly: z.boolean() }),
]);
export type PatchRecipe = z.infer<typeof patchRecipeSchema>;

/** One way to fix a kind of failure, as data: a recipe for examples and one for training, or a patch. */
export const strategySchema = z
  .object({
    /** A shipped strategy's name, or derived from the parts. */
    strategyId: idSchema,
    fixType: fixTypeSchema,
    /** One sentence for people. */
    summary: z.string().min(1).max(300),
    data: dataRecipeSchema.optional(),
    training: trainingRecipeSchema.optional(),
    patch: patchRecipeSchema.optional(),
    origin: z.enum(['shipped', 'composed', 'teacher']),
  })
  .refine(({ fixType, data, training, patch }) => (fixType === 'training_examples' ? data !== undefined && training !== undefined && patch === undefined : patch?.kind === fixType && data === undefined && training === undefined), {
    message: 'training_examples needs data and training and no patch; every other fix type needs the patch of its own kind alone',
  });
export type Strategy = z.infer<typeof strategySchema>;

/** Why a strategy was chosen. */
export const strategyChoiceSchema = z.object({
  strategy: strategySchema,
  /** No outcome of it is known yet. */
  firstTrial: z.boolean(),
  /** Outcomes that spoke for or against it, each weighted by how similar its failures were. */
  weightedOutcomes: z.number().nonnegative(),
  /** Mean of the belief about its success on failures like these. */
  expectedSuccess: shareSchema,
  reason: z.string(),
});
export type StrategyChoice = z.infer<typeof strategyChoiceSchema>;
