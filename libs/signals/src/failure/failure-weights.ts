import { z } from 'zod';
import { featureNames } from './feature-names.js';
import shipped from './weights.json' with { type: 'json' };

const termsSchema = z.partialRecord(z.enum(featureNames), z.number().min(-50).max(50));

/** A file of weights, in log-odds. Both lists together have a term at most once. */
export const failureWeightsSchema = z
  .strictObject({
    /** Another one with every fit, so that an old probability can be told from a new one. */
    version: z.string().min(1).max(100),
    /** The embedding whose similarities the weights were fitted with. */
    embedding: z.string().min(1),
    /** Probability from which on an interaction has failed, where nothing else is configured. */
    threshold: z.number().gt(0).lt(1),
    bias: z.number().min(-50).max(50),
    /** Where there is explicit feedback, all that behaviour suggests weighs no more than this. */
    implicitLimit: z.number().positive(),
    /** Learnt from labels. */
    fitted: termsSchema,
    /** Set by people, for what those labels could not teach. */
    byHand: termsSchema,
    /** What was learnt from. */
    learntFrom: z.strictObject({ labels: z.number().int().min(0), failures: z.number().int().min(0), source: z.string() }),
  })
  .refine(({ fitted, byHand }) => Object.keys(byHand).every((name) => !(name in fitted)), { message: 'a term is both fitted and by hand' });

export type FailureWeights = z.infer<typeof failureWeightsSchema>;

/** Says what is wrong with a file of weights. */
export class WeightsFileError extends Error {
  override readonly name = 'WeightsFileError';
}

/** Reads a file of weights. Throws a {@link WeightsFileError} that names the source, the term and the rule. */
export const readFailureWeights = (text: string, source: string): FailureWeights => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new WeightsFileError(`${source} is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
  const parsed = failureWeightsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new WeightsFileError(`${source}: ${issue?.path.join('.') || 'the weights'}: ${issue?.message ?? 'are not valid'}`);
};

/** What ships; its spec checks it, so that a fit can run after the features have changed. */
export const failureWeights: FailureWeights = shipped;
