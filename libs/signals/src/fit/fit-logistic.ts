/** A row of the regression: the features that are not 0, as two parallel lists. */
export interface LogisticRow {
  readonly places: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly label: 0 | 1;
  /** How much the row counts; 1 is one row. */
  readonly weight: number;
  /** Log-odds that are given, and not fitted. */
  readonly offset: number;
}

export interface LogisticProblem {
  readonly rows: readonly LogisticRow[];
  /** Number of features; their places are 0 to width - 1. */
  readonly width: number;
  /** What the weights are pulled to, the bias in the last place: `width + 1` numbers. */
  readonly prior: ArrayLike<number>;
  /** How strongly, as the inverse of the prior's variance: `width + 1` numbers, 0 for not at all. */
  readonly pull: ArrayLike<number>;
  /** Bounds of the weights, `width` numbers each. */
  readonly atLeast: ArrayLike<number>;
  readonly atMost: ArrayLike<number>;
}

export interface LogisticFit {
  readonly weights: Float64Array;
  readonly bias: number;
  readonly steps: number;
  readonly converged: boolean;
}

const STEPS_MAX = 60;
const SWEEPS_MAX = 200;
const HALVINGS_MAX = 20;
const TOLERANCE = 1e-7;

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
export const logOddsOf = (probability: number): number => Math.log(probability / (1 - probability));

/** -ln of the probability of the label, without overflow. */
export const logLossOf = (logOdds: number, label: number): number => Math.max(logOdds, 0) - logOdds * label + Math.log1p(Math.exp(-Math.abs(logOdds)));

/**
 * Logistic regression with a normal prior and bounds on the weights, by Newton's method: each step solves the local quadratic problem
 * within the bounds by coordinate descent, and is halved until the objective falls. The objective is convex, so the result does not depend on the start.
 */
export const fitLogistic = (problem: LogisticProblem): LogisticFit => {
  const { rows, width, prior } = problem;
  const size = width + 1;
  let at: Float64Array = Float64Array.from({ length: size }, (_, i) => within(problem, i, prior[i] as number));
  let value = objective(problem, at);
  for (let step = 1; step <= STEPS_MAX; step += 1) {
    const { gradient, hessian } = slopes(rows, problem, at);
    const move = boundedStep(problem, { at, gradient, hessian });
    let scale = 1;
    let next = moved(problem, at, move, scale);
    let nextValue = objective(problem, next);
    for (let halving = 0; nextValue > value && halving < HALVINGS_MAX; halving += 1) {
      scale /= 2;
      next = moved(problem, at, move, scale);
      nextValue = objective(problem, next);
    }
    const change = next.reduce((most, number, i) => Math.max(most, Math.abs(number - (at[i] as number))), 0);
    if (nextValue <= value) {
      at = next;
      value = nextValue;
    }
    if (change < TOLERANCE) return { weights: at.slice(0, width), bias: at[width] as number, steps: step, converged: true };
  }
  return { weights: at.slice(0, width), bias: at[width] as number, steps: STEPS_MAX, converged: false };
};

const within = ({ atLeast, atMost, width }: LogisticProblem, i: number, value: number): number =>
  i === width ? value : Math.max(atLeast[i] as number, Math.min(atMost[i] as number, value));

const moved = (problem: LogisticProblem, at: Float64Array, move: Float64Array, scale: number): Float64Array =>
  at.map((number, i) => within(problem, i, number + scale * (move[i] as number)));

const logOddsAt = ({ places, values, offset }: LogisticRow, at: Float64Array): number => {
  let sum = offset + (at[at.length - 1] as number);
  for (let i = 0; i < places.length; i += 1) sum += (at[places[i] as number] as number) * (values[i] as number);
  return sum;
};

const objective = ({ rows, prior, pull }: LogisticProblem, at: Float64Array): number => {
  let sum = 0;
  for (const row of rows) sum += row.weight * logLossOf(logOddsAt(row, at), row.label);
  at.forEach((number, i) => {
    sum += 0.5 * (pull[i] as number) * (number - (prior[i] as number)) ** 2;
  });
  return sum;
};

const slopes = (rows: readonly LogisticRow[], { prior, pull }: LogisticProblem, at: Float64Array): { gradient: Float64Array; hessian: Float64Array } => {
  const size = at.length;
  const gradient = at.map((number, i) => (pull[i] as number) * (number - (prior[i] as number)));
  const hessian = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) hessian[i * size + i] = pull[i] as number;
  const last = size - 1;
  for (const row of rows) {
    const { places, values, label, weight } = row;
    const probability = logistic(logOddsAt(row, at));
    const error = weight * (probability - label);
    const curve = weight * probability * (1 - probability);
    for (let i = 0; i <= places.length; i += 1) {
      const a = i < places.length ? (places[i] as number) : last;
      const x = i < places.length ? (values[i] as number) : 1;
      gradient[a] = (gradient[a] as number) + error * x;
      for (let j = 0; j <= places.length; j += 1) {
        const b = j < places.length ? (places[j] as number) : last;
        hessian[a * size + b] = (hessian[a * size + b] as number) + curve * x * (j < places.length ? (values[j] as number) : 1);
      }
    }
  }
  return { gradient, hessian };
};

/** The least of the local quadratic within the bounds; coordinates without any curvature stay where they are. */
const boundedStep = (problem: LogisticProblem, { at, gradient, hessian }: { at: Float64Array; gradient: Float64Array; hessian: Float64Array }): Float64Array => {
  const size = at.length;
  const move = new Float64Array(size);
  const slope = gradient.slice();
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep += 1) {
    let most = 0;
    for (let i = 0; i < size; i += 1) {
      const curve = hessian[i * size + i] as number;
      if (curve <= 1e-12) continue;
      const here = (at[i] as number) + (move[i] as number);
      const change = within(problem, i, here - (slope[i] as number) / curve) - here;
      if (change === 0) continue;
      move[i] = (move[i] as number) + change;
      for (let j = 0; j < size; j += 1) slope[j] = (slope[j] as number) + change * (hessian[i * size + j] as number);
      most = Math.max(most, Math.abs(change));
    }
    if (most < TOLERANCE / 10) break;
  }
  return move;
};
