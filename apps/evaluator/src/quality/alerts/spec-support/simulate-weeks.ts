import { seededRandom } from '@ratchet/stats';
import { decideDrift, startDrift } from '../decide-drift.js';
import type { DriftRule, DriftState } from '../decide-drift.js';

/** How one evaluator scores: a value 0 to 1 from one draw of each. */
export interface SimulatedEvaluator {
  readonly name: string;
  readonly draw: (random: () => number) => number;
}

export interface SimulatedTraffic {
  readonly seed: number;
  readonly weeks: number;
  /** Mean over a day. */
  readonly interactionsPerHour: number;
  /** 0: the same all day; 0.8: from 20 % at night to 180 % in the afternoon. */
  readonly dailySwing: number;
  readonly rate: number;
  /** Rate while a decision is near; the same as `rate` for none of it. */
  readonly rateWhenSuspicious: number;
  readonly evaluators: readonly SimulatedEvaluator[];
  /** Makes the scores of one evaluator worse by so much on the mean: `shift` lowers each, `fail` makes some answers worthless. */
  readonly drop?: { readonly evaluator: string; readonly fromMs: number; readonly by: number; readonly how: 'shift' | 'fail' };
  /** The mean of all scores also goes up and down by so much each day. */
  readonly dailyQualitySwing?: number;
}

export interface SimulatedAlert {
  readonly evaluator: string;
  readonly atMs: number;
}

/** Low, usual and high scores, with the mean and the spread that are asked for. */
export const gradedEvaluator = ({ name, mean, sd }: { name: string; mean: number; sd: number }): SimulatedEvaluator => {
  const low = Math.max(0, mean - 2 * sd);
  const high = Math.min(1, mean + 2 * sd);
  const toLow = mean - low;
  const toHigh = high - mean;
  const pLow = (sd * sd) / (toLow * (toLow + toHigh));
  const pHigh = (sd * sd) / (toHigh * (toLow + toHigh));
  return {
    name,
    draw: (random) => {
      const u = random();
      return u < pLow ? low : u < pLow + pHigh ? high : mean;
    },
  };
};

/** As deterministic evaluators and judges score in practice: a graded one, one with a tail of bad answers, two nearly always right. */
export const EVALUATORS: readonly SimulatedEvaluator[] = [
  gradedEvaluator({ name: 'relevance', mean: 0.8, sd: 0.2 }),
  { name: 'factuality', draw: (random) => (random() < 0.8 ? 1 : random()) },
  { name: 'safety', draw: (random) => (random() < 0.998 ? 1 : 0) },
  {
    name: 'format',
    draw: (random) => {
      const u = random();
      return u < 0.95 ? 1 : u < 0.99 ? 0.5 : 0;
    },
  },
];

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/** Poisson by inversion: small means only. */
const poisson = (mean: number, random: () => number): number => {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
};

const failing = (value: number, by: number, mean: number, random: () => number): number => (random() < by / mean ? 0 : value);

const meanOf = ({ draw }: SimulatedEvaluator): number => {
  const random = seededRandom(1);
  let sum = 0;
  for (let i = 0; i < 20_000; i += 1) sum += draw(random);
  return sum / 20_000;
};

interface Stream {
  readonly evaluator: SimulatedEvaluator;
  readonly mean: number;
  state: DriftState;
}

const scoreAt = ({ traffic, stream, at, wave, random }: { traffic: SimulatedTraffic; stream: Stream; at: number; wave: number; random: () => number }): number => {
  const { drop, dailyQualitySwing = 0 } = traffic;
  let value = stream.evaluator.draw(random);
  if (drop?.evaluator === stream.evaluator.name && at >= drop.fromMs) value = drop.how === 'shift' ? Math.max(0, value - drop.by) : failing(value, drop.by, stream.mean, random);
  return dailyQualitySwing > 0 ? failing(value, (dailyQualitySwing * (1 - wave)) / 2, stream.mean, random) : value;
};

/** Sampled scores of simulated weeks, put through the decision; the rate is looked at once a minute, as in production. */
export const simulateWeeks = (traffic: SimulatedTraffic, rule: DriftRule): { alerts: SimulatedAlert[]; samples: number; interactions: number } => {
  const random = seededRandom(traffic.seed);
  const streams = traffic.evaluators.map((evaluator): Stream => ({ evaluator, mean: meanOf(evaluator), state: startDrift({ atMs: 0, rule }) }));
  const alerts: SimulatedAlert[] = [];
  let [samples, interactions] = [0, 0];
  for (let atMs = 0; atMs < traffic.weeks * WEEK_MS; atMs += MINUTE_MS) {
    const wave = Math.sin((2 * Math.PI * (atMs - 9 * HOUR_MS)) / DAY_MS);
    const arrived = poisson((traffic.interactionsPerHour / 60) * (1 + traffic.dailySwing * wave), random);
    const rates = streams.map(({ state }) => (state.isSuspicious ? traffic.rateWhenSuspicious : traffic.rate));
    interactions += arrived;
    for (let i = 0; i < arrived; i += 1) {
      const lot = random();
      for (const [index, stream] of streams.entries()) {
        if (lot >= (rates[index] ?? 0)) continue;
        samples += 1;
        const at = atMs + (i / arrived) * MINUTE_MS;
        const { state, decision } = decideDrift(stream.state, { value: scoreAt({ traffic, stream, at, wave, random }), weight: 1, atMs: at }, rule);
        stream.state = state;
        if (decision === 'raise') alerts.push({ evaluator: stream.evaluator.name, atMs: at });
      }
    }
  }
  return { alerts, samples: samples / streams.length, interactions };
};
