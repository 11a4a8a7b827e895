import { createHash } from 'node:crypto';
import type { FailureWeights } from '../failure/failure-weights.js';
import { EXPLICIT_FEATURES, type FeatureName, featureNames, featurePlaces } from '../failure/feature-names.js';
import { boundsOf } from '../failure/term-rules.js';
import { fitLogistic, logistic, type LogisticRow } from './fit-logistic.js';

/** An interaction with its features by name, and whether it failed. */
export interface LabelledRow {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly label: 0 | 1;
  readonly terms: readonly { readonly name: string; readonly value: number }[];
}

export interface FitRequest {
  readonly rows: readonly LabelledRow[];
  /** Where the weights come from, and are pulled to. */
  readonly start: FailureWeights;
  /** Terms that the rows may move; the others keep the start's weight. */
  readonly movable: (name: FeatureName) => boolean;
  /** How strongly a term and the bias are pulled, as the inverse of a variance: 20 is a standard deviation of 0.22 log-odds. */
  readonly pull: { readonly terms: number; readonly bias: number };
}

/** Weights that make the detector list every feature of an interaction, explicit feedback aside. */
export const allTermsWeights: FailureWeights = {
  version: 'all terms',
  embedding: 'hashed-512',
  threshold: 0.5,
  bias: 0,
  implicitLimit: 1,
  fitted: Object.fromEntries(featureNames.filter((name) => !EXPLICIT_FEATURES.has(name)).map((name) => [name, 1])),
  byHand: {},
  learntFrom: { labels: 0, failures: 0, source: 'none' },
};

const isFeature = (name: string): name is FeatureName => Object.hasOwn(featurePlaces, name);
const rounded = (weight: number): number => Math.round(weight * 1_000) / 1_000;
const weightIn = ({ fitted, byHand }: FailureWeights, name: FeatureName): number => fitted[name] ?? byHand[name] ?? 0;

/** New bias and weights; a term that was set by hand and moved counts as fitted from then on. */
export const fitFailureWeights = ({ rows, start, movable, pull }: FitRequest): Pick<FailureWeights, 'bias' | 'fitted' | 'byHand'> => {
  const moves = featureNames.map((name) => movable(name));
  const bounds = featureNames.map(boundsOf);
  const width = featureNames.length;
  const prior = Float64Array.from([...featureNames.map((name) => weightIn(start, name)), start.bias]);
  const { weights, bias } = fitLogistic({
    rows: rows.map((row) => logisticRowOf(row, { start, moves })),
    width,
    prior,
    pull: Float64Array.from({ length: width + 1 }, (_, i) => (i === width ? pull.bias : pull.terms)),
    atLeast: bounds.map(({ atLeast }) => atLeast),
    atMost: bounds.map(({ atMost }) => atMost),
  });
  const fitted: Partial<Record<FeatureName, number>> = { ...start.fitted };
  const byHand: Partial<Record<FeatureName, number>> = { ...start.byHand };
  featureNames.forEach((name, place) => {
    const weight = rounded(weights[place] as number);
    if (moves[place] !== true || weight === rounded(prior[place] as number)) return;
    delete byHand[name];
    if (weight === 0) delete fitted[name];
    else fitted[name] = weight;
  });
  return { bias: rounded(bias), fitted, byHand };
};

const logisticRowOf = ({ terms, label }: LabelledRow, { start, moves }: { start: FailureWeights; moves: readonly boolean[] }): LogisticRow => {
  const known = terms.flatMap(({ name, value }) => (isFeature(name) ? [{ name, value, place: featurePlaces[name] }] : []));
  const moving = known.filter(({ place }) => moves[place] === true);
  return {
    places: moving.map(({ place }) => place),
    values: moving.map(({ value }) => value),
    label,
    weight: 1,
    offset: known.filter(({ place }) => moves[place] !== true).reduce((sum, { name, value }) => sum + weightIn(start, name) * value, 0),
  };
};

/** The probability that weights give to a row without explicit feedback. */
export const probabilityOf = (weights: FailureWeights, { terms }: Pick<LabelledRow, 'terms'>): number =>
  logistic(terms.reduce((sum, { name, value }) => sum + (isFeature(name) ? weightIn(weights, name) * value : 0), weights.bias));

/** The part of `parts` that a conversation belongs to, by a hash of its id: the same in every run. */
export const partOf = (conversationId: string, parts: number): number => createHash('sha256').update(conversationId).digest().readUInt32BE(0) % parts;
