import { normalUpperQuantile, normalUpperTail } from './distributions.js';

/** How the error rate is spent over the planned looks. */
export type SpendingFunction = 'obf' | 'pocock' | 'power2';

/** A plan of looks, by the part of the final information that each has. */
export interface GroupSequentialPlan {
  /** Strictly growing, in (0, 1]. */
  informationFractions: readonly number[];
  /** Error rate over all looks; half of it on each side of a two-sided plan. */
  alpha: number;
  spending: SpendingFunction;
  sides: 1 | 2;
}

/** A plan that cannot be computed; the message says what to change. */
export class GroupSequentialError extends Error {
  override readonly name = 'GroupSequentialError';
  readonly code = 'group_sequential_plan_invalid';
}

// Standard errors beyond which the process practically never is: P(|Z| > 9) is 2e-19.
const REACH = 9;
// Grid points per standard deviation of the next increment: Simpson's error is then below 1e-7 of the density.
const POINTS_PER_STEP = 8;
const MIN_POINTS = 401;
const MAX_POINTS = 4001;
const BISECTIONS = 45;
const DENSITY_SCALE = 1 / Math.sqrt(2 * Math.PI);

/** The error spent on one side when a part t of the information is in, with `alpha` as that side's total. */
export const spentAlpha = (spending: SpendingFunction, { t, alpha }: { t: number; alpha: number }): number => {
  if (spending === 'obf') return 2 * normalUpperTail(normalUpperQuantile(alpha / 2) / Math.sqrt(t));
  if (spending === 'pocock') return alpha * Math.log(1 + (Math.E - 1) * t);
  return alpha * t * t;
};

/** Density of the score process on the region where it has not been stopped. */
interface Continuation {
  from: number;
  step: number;
  /** Density times Simpson weight at from + i * step. */
  mass: Float64Array;
}

/**
 * Lan-DeMets z boundaries: bound k is what makes the chance of a first crossing at look k equal to the error newly spent.
 * The score process is a Brownian motion looked at the information fractions; its density on the continuation region is
 * carried from look to look by Simpson integration. A one-sided plan has no lower boundary.
 *
 * Sources: Lan & DeMets, Biometrika 70 (1983) 659-663; Armitage, McPherson & Rowe, JRSS A 132 (1969) 235-244.
 *
 * @throws {GroupSequentialError} where looks are out of order or too close together
 */
export const groupSequentialBounds = (plan: GroupSequentialPlan): number[] => {
  checkPlan(plan);
  const { informationFractions: fractions, sides, spending } = plan;
  const alpha = plan.alpha / sides;
  const bounds: number[] = [];
  let continuation: Continuation | undefined;
  let spent = 0;
  for (const [look, t] of fractions.entries()) {
    const total = spentAlpha(spending, { t, alpha });
    const toSpend = total - spent;
    if (!(toSpend > Number.MIN_VALUE * 1e16)) {
      throw new GroupSequentialError(`At information fraction ${t} there is no error rate to spend; look later.`);
    }
    const previous = continuation && { continuation, increment: t - (fractions[look - 1] ?? 0) };
    const bound = previous ? solveBound({ ...previous, t, toSpend }) : normalUpperQuantile(toSpend);
    bounds.push(bound);
    spent = total;
    const next = fractions[look + 1];
    if (next !== undefined) continuation = carry({ previous, t, bound, sides, nextIncrement: next - t });
  }
  return bounds;
};

const checkPlan = ({ informationFractions, alpha }: GroupSequentialPlan): void => {
  if (informationFractions.length === 0) throw new GroupSequentialError('Give at least one information fraction.');
  if (!(alpha > 0 && alpha < 0.5)) throw new GroupSequentialError(`alpha is ${alpha}; give a number between 0 and 0.5.`);
  informationFractions.forEach((t, look) => {
    if (!(t > (informationFractions[look - 1] ?? 0) && t <= 1)) {
      throw new GroupSequentialError('Information fractions must grow strictly and lie above 0 and at most at 1.');
    }
  });
};

interface PreviousLook {
  continuation: Continuation;
  increment: number;
}

const solveBound = (request: PreviousLook & { t: number; toSpend: number }): number => {
  const { continuation, increment, t, toSpend } = request;
  const sd = Math.sqrt(increment);
  const crossing = (bound: number): number => {
    const { from, step, mass } = continuation;
    const level = bound * Math.sqrt(t);
    let total = 0;
    // From further below, a crossing within one increment is practically impossible.
    for (let index = Math.max(0, Math.floor((level - REACH * sd - from) / step)); index < mass.length; index += 1) {
      total += (mass[index] ?? 0) * normalUpperTail((level - from - index * step) / sd);
    }
    return total;
  };
  let [low, high] = [-REACH, 2 * REACH];
  for (let round = 0; round < BISECTIONS; round += 1) {
    const middle = (low + high) / 2;
    if (crossing(middle) > toSpend) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

interface CarryRequest {
  previous: PreviousLook | undefined;
  t: number;
  bound: number;
  sides: 1 | 2;
  nextIncrement: number;
}

const carry = ({ previous, t, bound, sides, nextIncrement }: CarryRequest): Continuation => {
  const sd = Math.sqrt(t);
  const to = Math.min(bound, REACH) * sd;
  const from = sides === 2 ? -to : -REACH * sd;
  const increment = previous?.increment ?? t;
  const wanted = Math.ceil(((to - from) * POINTS_PER_STEP) / Math.sqrt(Math.min(nextIncrement, increment)));
  if (wanted > MAX_POINTS) {
    throw new GroupSequentialError(`The looks around information fraction ${t} are too close together; plan fewer.`);
  }
  const intervals = Math.max(MIN_POINTS, wanted + (wanted % 2 === 0 ? 1 : 0)) - 1;
  const step = (to - from) / intervals;
  const mass = new Float64Array(intervals + 1);
  for (let index = 0; index <= intervals; index += 1) {
    const weight = index === 0 || index === intervals ? 1 : index % 2 === 1 ? 4 : 2;
    mass[index] = ((weight * step) / 3) * densityAt({ x: from + index * step, increment, previous });
  }
  return { from, step, mass };
};

const densityAt = (request: { x: number; increment: number; previous: PreviousLook | undefined }): number => {
  const { x, increment, previous } = request;
  const scale = DENSITY_SCALE / Math.sqrt(increment);
  if (!previous) return scale * Math.exp((-x * x) / (2 * increment));
  const { from, step, mass } = previous.continuation;
  const reach = REACH * Math.sqrt(increment);
  const last = Math.min(mass.length - 1, Math.ceil((x + reach - from) / step));
  let density = 0;
  for (let index = Math.max(0, Math.floor((x - reach - from) / step)); index <= last; index += 1) {
    const distance = x - from - index * step;
    density += (mass[index] ?? 0) * Math.exp((-distance * distance) / (2 * increment));
  }
  return scale * density;
};
