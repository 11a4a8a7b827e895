import { rootCauseSchema, type RootCause } from '@ratchet/domain';
import { seededRandom } from '@ratchet/stats';
import { probabilitiesOf } from '../root-cause.js';
import { votesOf, type Vote } from '../votes.js';
import type { LabelledFailure } from './labelled-failures.js';

export interface Prediction {
  readonly id: string;
  readonly truth: RootCause;
  readonly predicted: RootCause;
  readonly probabilities: Readonly<Record<RootCause, number>>;
}

export interface CauseScore {
  readonly cause: RootCause;
  readonly n: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface Measured {
  readonly n: number;
  readonly accuracy: number;
  readonly macroF1: number;
  readonly causes: readonly CauseScore[];
  /** Expected calibration error over ten bins of equal width: mean of |confidence − accuracy| by share of predictions. */
  readonly calibrationError: number;
  /** Mean of −ln P(true cause); ln 5 = 1.61 knows nothing. */
  readonly logLoss: number;
}

export interface Scaling {
  readonly sharpness?: number;
  readonly correlation?: number;
}

/** Several failures that are judged together. */
interface LabelledCluster {
  readonly id: string;
  readonly truth: RootCause;
  readonly votes: readonly Vote[];
  readonly telling: number;
}

const BINS = 10;

const predict = ({ id, truth, votes, telling }: LabelledCluster, scaling: Scaling): Prediction => {
  const probabilities = probabilitiesOf({ votes, telling, ...scaling });
  const predicted = rootCauseSchema.options.reduce((best, cause) => (probabilities[cause] > probabilities[best] ? cause : best));
  return { id, truth, predicted, probabilities };
};

const votesOfRow = ({ failure, givenAnswers }: LabelledFailure): Vote[] => votesOf(failure, { givenAnswers, usersByCorrection: new Map() });

export const predictEach = (rows: readonly LabelledFailure[], scaling: Scaling = {}): Prediction[] =>
  rows.map((row) => predict({ id: row.id, truth: row.rootCause, votes: votesOfRow(row), telling: 1 }, scaling));

const pick = <Item>(items: readonly Item[], random: () => number): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
};

const OTHER_CAUSE_SHARE_MAX = 0.4;
const CLUSTER_SIZES = [5, 8, 12, 20] as const;

/** Clusters of 5 to 20 failures drawn with replacement, of which at most four in ten have another cause than the cluster's. */
export const drawClusters = (rows: readonly LabelledFailure[], { count, seed }: { readonly count: number; readonly seed: number }): LabelledCluster[] => {
  const random = seededRandom(seed);
  const byCause = Map.groupBy(rows, ({ rootCause }) => rootCause);
  return Array.from({ length: count }, (_, index) => {
    const truth = pick(rootCauseSchema.options, random);
    const size = pick(CLUSTER_SIZES, random);
    const others = Math.floor(random() * OTHER_CAUSE_SHARE_MAX * size);
    const members = Array.from({ length: size }, (__, place) => pick(place < others ? rows : (byCause.get(truth) ?? []), random));
    const votes = members.map(votesOfRow);
    return { id: `cluster-${index}`, truth, votes: votes.flat(), telling: votes.filter(({ length }) => length > 0).length };
  });
};

export const predictClusters = (clusters: readonly LabelledCluster[], scaling: Scaling = {}): Prediction[] => clusters.map((cluster) => predict(cluster, scaling));

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const scoreOf = (cause: RootCause, predictions: readonly Prediction[]): CauseScore => {
  const n = predictions.filter(({ truth }) => truth === cause).length;
  const claimed = predictions.filter(({ predicted }) => predicted === cause).length;
  const right = predictions.filter(({ truth, predicted }) => truth === cause && predicted === cause).length;
  return { cause, n, precision: share(right, claimed), recall: share(right, n), f1: share(2 * right, n + claimed) };
};

const calibrationErrorOf = (predictions: readonly Prediction[]): number => {
  const bins = Map.groupBy(predictions, ({ probabilities, predicted }) => Math.min(BINS - 1, Math.floor(probabilities[predicted] * BINS)));
  let error = 0;
  for (const members of bins.values()) {
    const confidence = members.reduce((sum, { probabilities, predicted }) => sum + probabilities[predicted], 0);
    const right = members.filter(({ truth, predicted }) => truth === predicted).length;
    error += Math.abs(confidence - right);
  }
  return share(error, predictions.length);
};

export const measure = (predictions: readonly Prediction[]): Measured => {
  const causes = rootCauseSchema.options.map((cause) => scoreOf(cause, predictions));
  return {
    n: predictions.length,
    accuracy: share(predictions.filter(({ truth, predicted }) => truth === predicted).length, predictions.length),
    macroF1: share(causes.reduce((sum, { f1 }) => sum + f1, 0), causes.length),
    causes,
    calibrationError: calibrationErrorOf(predictions),
    logLoss: share(-predictions.reduce((sum, { truth, probabilities }) => sum + Math.log(Math.max(1e-12, probabilities[truth])), 0), predictions.length),
  };
};

const grid = (from: number, to: number, step: number): number[] => Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => Number((from + index * step).toFixed(4)));
const leastBy = (values: readonly number[], lossOf: (value: number) => number): number => values.reduce((best, value) => (lossOf(value) < lossOf(best) ? value : best));

/** The sharpness with the least log loss on single failures, and then the correlation with the least log loss on clusters of them. */
export const fitScaling = (rows: readonly LabelledFailure[], { clusters, seed }: { readonly clusters: number; readonly seed: number }): Required<Scaling> => {
  const sharpness = leastBy(grid(0.2, 3, 0.05), (value) => measure(predictEach(rows, { sharpness: value })).logLoss);
  const drawn = drawClusters(rows, { count: clusters, seed });
  const correlation = leastBy(grid(0, 1, 0.05), (value) => measure(predictClusters(drawn, { sharpness, correlation: value })).logLoss);
  return { sharpness, correlation };
};
