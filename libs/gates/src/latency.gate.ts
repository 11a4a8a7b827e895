import { seededRandom } from '@ratchet/stats';

import { formatEstimate, formatUnmeasured } from './format.js';
import type { GateConfig } from './gate-config.js';
import type { GateFinding } from './gate-report.js';
import { atWorst, judgeRatio, type Measurements, pairMeasurements } from './measured-pairs.js';
import type { ItemPair } from './scored-item.js';

const MAX_RESAMPLES = 500;
const MIN_RESAMPLES = 200;
// Keeps the gate below a tenth of a second for ten thousand pairs; the noise of a bound shrinks with the pairs anyway.
const DRAW_BUDGET = 2_000_000;

interface LatencyPairs {
  before: Float64Array;
  after: Float64Array;
}

/** Is the candidate about as fast? The ratio of a high quantile of latency, bounded by a paired bootstrap. */
export const judgeLatency = (pairs: readonly Partial<ItemPair>[], config: GateConfig): GateFinding => {
  const threshold = config.maxLatencyRatio;
  const timed = pairMeasurements(pairs, 'latencyMs');
  const n = timed.before.length;
  const missing = timed.onlyBefore.length + timed.onlyAfter.length;
  const percentile = `p${Number((config.latencyQuantile * 100).toFixed(2))}`;
  if (n < config.minLatencyItems) {
    const message = `Latency was measured on ${n} pairs; ${percentile} needs at least ${config.minLatencyItems}.`;
    return { verdict: 'insufficient', value: null, halfWidth: null, n, missing, threshold, message };
  }
  const latencies = asArrays(timed);
  const old = quantile(latencies.before, config.latencyQuantile);
  const current = quantile(latencies.after, config.latencyQuantile);
  if (old === 0) {
    const verdict = current === 0 && missing === 0 ? 'passed' : 'insufficient';
    const message = `Old ${percentile} latency is 0 ms and the new one ${current} ms (n=${n}); there is no ratio to judge${formatUnmeasured(missing, 'latency')}.`;
    return { verdict, value: null, halfWidth: null, n, missing, threshold, message };
  }
  const value = current / old;
  const { lower, upper } = bootstrapRatio(latencies, config);
  // An answer that never came is slower than any other.
  const upperAtWorst = missing === 0 ? upper : bootstrapRatio(asArrays(atWorst(timed, { before: 0, after: Infinity })), config).upper;
  const isMissingTooMuch = missing / (n + missing) > config.maxMissingShare;
  const verdict = judgeRatio({ lower, upper, upperAtWorst, isMissingTooMuch, threshold });
  const halfWidth = Math.max(0, upper - value);
  const message =
    `${percentile} latency ${Math.round(current)} ms, was ${Math.round(old)} ms: ratio ${formatEstimate({ value, halfWidth, n })}, ` +
    `acceptable up to ${threshold}${formatUnmeasured(missing, 'latency')}.`;
  return { verdict, value, halfWidth, n, missing, threshold, message };
};

const asArrays = ({ before, after }: Measurements): LatencyPairs => ({ before: Float64Array.from(before), after: Float64Array.from(after) });

const rankOf = (n: number, q: number): number => Math.min(n - 1, Math.ceil(q * n) - 1);

const quantile = (values: Float64Array, q: number): number => values.toSorted()[rankOf(values.length, q)] ?? NaN;

/** One-sided bounds of the ratio of quantiles by resampling pairs, so that slow items are slow for both versions. */
const bootstrapRatio = ({ before, after }: LatencyPairs, config: GateConfig): { lower: number; upper: number } => {
  const n = before.length;
  const random = seededRandom(config.bootstrapSeed);
  const [slowestBefore, slowestAfter] = [slowestFirst(before), slowestFirst(after)];
  const above = n - rankOf(n, config.latencyQuantile);
  const resamples = Math.max(MIN_RESAMPLES, Math.min(MAX_RESAMPLES, Math.floor(DRAW_BUDGET / n)));
  const ratios = new Float64Array(resamples);
  const drawn = new Uint32Array(n);
  for (let resample = 0; resample < resamples; resample += 1) {
    drawn.fill(0);
    for (let draw = 0; draw < n; draw += 1) {
      const index = Math.floor(random() * n);
      drawn[index] = (drawn[index] ?? 0) + 1;
    }
    const current = nthSlowest(slowestAfter, { drawn, above, values: after });
    ratios[resample] = current / nthSlowest(slowestBefore, { drawn, above, values: before });
  }
  ratios.sort();
  const tail = Math.floor((1 - config.confidence) * resamples);
  return { lower: ratios[tail] ?? NaN, upper: ratios[resamples - 1 - tail] ?? NaN };
};

const slowestFirst = (values: Float64Array): Uint32Array =>
  Uint32Array.from(values.keys()).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));

/** The quantile of a resample: only the slow end is walked, which is what makes many resamples cheap. */
const nthSlowest = (
  order: Uint32Array,
  { drawn, above, values }: { drawn: Uint32Array; above: number; values: Float64Array },
): number => {
  let seen = 0;
  for (const index of order) {
    seen += drawn[index] ?? 0;
    if (seen >= above) return values[index] ?? NaN;
  }
  return NaN;
};
