import type { FailureFeatures } from './failure-features.js';
import { type FailureWeights, failureWeights } from './failure-weights.js';
import { EXPLICIT_FEATURES, featureNames } from './feature-names.js';

/** One addend of the log-odds. */
export interface FailureTerm {
  readonly name: string;
  readonly value: number;
  readonly weight: number;
  readonly contribution: number;
}

export interface FailureEstimate {
  /** 0 to 1, calibrated: of interactions that get 0.3, people call three of ten failed. */
  readonly probability: number;
  /** Sorted by size; with the bias they add up to the log-odds. */
  readonly terms: readonly FailureTerm[];
}

const explicitPlaces = Uint8Array.from(featureNames, (name) => (EXPLICIT_FEATURES.has(name) ? 1 : 0));

/** Weights in the order of the features: `1 / (1 + exp(-(bias + Σ weight · value)))`. */
export class FailureModel {
  readonly #bias: number;
  readonly #implicitLimit: number;
  readonly #weights: Float64Array;

  constructor({ bias, implicitLimit, fitted, byHand }: FailureWeights = failureWeights) {
    const terms: Readonly<Record<string, number | undefined>> = { ...fitted, ...byHand };
    this.#bias = bias;
    this.#implicitLimit = implicitLimit;
    this.#weights = Float64Array.from(featureNames, (name) => terms[name] ?? 0);
  }

  probability(features: FailureFeatures): number {
    const { limited, explicit } = this.#logOdds(features);
    return 1 / (1 + Math.exp(-(limited + explicit)));
  }

  /** The addends listed, which most callers have no use for. */
  estimate(features: FailureFeatures): FailureEstimate {
    const terms: FailureTerm[] = [];
    for (let i = 0; i < features.size; i += 1) {
      const place = features.places[i] as number;
      const value = features.values[i] as number;
      const weight = this.#weights[place] as number;
      if (weight !== 0) terms.push({ name: featureNames[place] as string, value, weight, contribution: weight * value });
    }
    const { implicit, limited } = this.#logOdds(features);
    if (limited !== implicit) terms.push({ name: 'explicit_outranks', value: 1, weight: limited - implicit, contribution: limited - implicit });
    terms.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
    return { probability: this.probability(features), terms };
  }

  #logOdds({ places, values, size }: FailureFeatures): { implicit: number; limited: number; explicit: number } {
    let implicit = this.#bias;
    let explicit = 0;
    let hasExplicit = false;
    for (let i = 0; i < size; i += 1) {
      const place = places[i] as number;
      const weight = this.#weights[place] as number;
      if (weight === 0) continue;
      const contribution = weight * (values[i] as number);
      if (explicitPlaces[place] === 1) {
        explicit += contribution;
        hasExplicit = true;
      } else implicit += contribution;
    }
    const limited = hasExplicit ? Math.max(-this.#implicitLimit, Math.min(this.#implicitLimit, implicit)) : implicit;
    return { implicit, limited, explicit };
  }
}

const models = new WeakMap<FailureWeights, FailureModel>();

/** The model of some weights, made once: whoever reads a log has a tracker for every conversation. */
export const modelOf = (weights: FailureWeights): FailureModel => {
  const known = models.get(weights);
  if (known !== undefined) return known;
  const model = new FailureModel(weights);
  models.set(weights, model);
  return model;
};
