import { recipeNames } from '@ratchet/embedded-model';
import { z } from 'zod';

const hyperparameters = z
  .object({
    recipe: z.enum(recipeNames).optional(),
    n_epochs: z.union([z.literal('auto'), z.number().int().min(1).max(100)]).optional(),
    learning_rate_multiplier: z.union([z.literal('auto'), z.number().positive().max(100)]).optional(),
    batch_size: z.union([z.literal('auto'), z.number().int().min(1).max(1024)]).optional(),
    curriculum: z.boolean().optional(),
    /** Retained examples for each new one. */
    retention_ratio: z.number().min(0).max(10).optional(),
  })
  .strict();

/** OpenAI's job request, and beside it what only this server knows: `recipe`, `curriculum`, `retention_ratio`, `retention_file`, `fallback_answer`. */
export const jobRequestSchema = z.object({
  /** A model to go on from; empty to start from nothing. */
  model: z.string().max(200),
  training_file: z.string().min(1),
  retention_file: z.string().min(1).optional(),
  fallback_answer: z.string().min(1).max(4_000).optional(),
  suffix: z.string().nullish(),
  seed: z.number().int().min(0).max(0xffff_ffff).nullish(),
  hyperparameters: hyperparameters.optional(),
  method: z.object({ type: z.literal('supervised'), supervised: z.object({ hyperparameters: hyperparameters.optional() }).optional() }).optional(),
});

export type JobRequest = z.infer<typeof jobRequestSchema>;

/** Hyperparameters from where OpenAI's newer clients put them, or from where the older ones do. */
export function hyperparametersOf({ method, hyperparameters: plain }: JobRequest): z.infer<typeof hyperparameters> {
  return method?.supervised?.hyperparameters ?? plain ?? {};
}
