import { z } from 'zod';
import type { FailureFeatures } from './failure-features.js';
import { EXPLICIT_SIGNALS } from './failure-features.js';
import shipped from './weights.json' with { type: 'json' };

const weightsSchema = z.object({
  /** Goes up with every refit, so that an old probability can be told from a new one. */
  version: z.string(),
  /** The embedding whose similarities the weights were fitted with. */
  embedding: z.string(),
  bias: z.number(),
  /** Where there is explicit feedback, all that behaviour suggests weighs no more than this, in log-odds. */
  implicitLimit: z.number().positive(),
  terms: z.record(z.string(), z.number()),
});
export type FailureWeights = z.infer<typeof weightsSchema>;

export const failureWeights: FailureWeights = weightsSchema.parse(shipped);

/** One addend of the log-odds. */
export interface FailureTerm {
  readonly name: string;
  readonly value: number;
  readonly weight: number;
  readonly contribution: number;
}

export interface FailureEstimate {
  /** 0 to 1; 0.5 is where calling it a failure gives the best F1 on the dialogues that the weights were fitted on. */
  readonly probability: number;
  /** Sorted by size; with the bias they add up to the log-odds. */
  readonly terms: readonly FailureTerm[];
}

const isExplicit = (name: string): boolean => name.startsWith('signal.') && EXPLICIT_SIGNALS.has(name.slice('signal.'.length));

/** Probability that an interaction failed: `1 / (1 + exp(-(bias + Σ weight · value)))`, the addends listed. */
export const failureProbability = (features: FailureFeatures, weights: FailureWeights = failureWeights): FailureEstimate => {
  const terms: FailureTerm[] = [];
  let implicit = weights.bias;
  let explicit = 0;
  let hasExplicit = false;
  for (const name in features) {
    const weight = weights.terms[name];
    const value = features[name] ?? 0;
    if (weight === undefined || weight === 0 || value === 0) continue;
    const contribution = weight * value;
    terms.push({ name, value, weight, contribution });
    if (isExplicit(name)) {
      explicit += contribution;
      hasExplicit = true;
    } else implicit += contribution;
  }
  const limited = hasExplicit ? Math.max(-weights.implicitLimit, Math.min(weights.implicitLimit, implicit)) : implicit;
  if (limited !== implicit) terms.push({ name: 'explicit_outranks', value: 1, weight: limited - implicit, contribution: limited - implicit });
  terms.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  return { probability: 1 / (1 + Math.exp(-(limited + explicit))), terms };
};
