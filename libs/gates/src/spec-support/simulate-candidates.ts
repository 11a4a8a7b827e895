import { seededRandom } from '@ratchet/stats';

import { judgeCost } from '../cost.gate.js';
import { type GateConfig, gateConfigSchema } from '../gate-config.js';
import type { GateFinding, GateVerdict } from '../gate-report.js';
import { judgeLatency } from '../latency.gate.js';
import { judgeRegression } from '../regression.gate.js';
import { judgeSafety } from '../safety.gate.js';
import type { ItemPair, PairedSuite, ScoredPair } from '../scored-item.js';
import { judgeTarget } from '../target.gate.js';

/** Draws numbers in [0, 1). */
export type Random = () => number;

/** Shares of the verdicts over many candidates whose truth is known, each of which a gate has judged. */
export type VerdictShares = Record<GateVerdict, number>;

const config: GateConfig = gateConfigSchema.parse({});

/** Judges `runs` drawn candidates; the same seed gives the same shares. */
export const sharesOf = ({ runs, seed = 2026 }: { runs: number; seed?: number }, judgeOne: (random: Random) => GateFinding): VerdictShares => {
  const random = seededRandom(seed);
  const shares: VerdictShares = { passed: 0, failed: 0, insufficient: 0, needs_human: 0 };
  for (let run = 0; run < runs; run += 1) shares[judgeOne(random).verdict] += 1 / runs;
  return shares;
};

/** Two versions with right and wrong answers, as shares of all items: what was right before, what is now, and what flipped either way. */
export interface BinaryTruth {
  before: number;
  after: number;
  /** At least the difference of the two. */
  flips: number;
}

const drawPair = (random: Random, { before, after, flips }: BinaryTruth): { before: number; after: number } => {
  const gained = Math.max(0, (flips + after - before) / 2);
  const lost = Math.max(0, (flips + before - after) / 2);
  const old = random() < before ? 1 : 0;
  const hasFlipped = random() < (old === 1 ? lost / before : gained / (1 - before));
  return { before: old, after: hasFlipped ? 1 - old : old };
};

const suiteOf = (scored: ScoredPair[]): PairedSuite => ({ scored, doubtful: [], unseen: [], missing: 0 });

/** A target suite of `items` pairs, judged. */
export const judgeTargetOf = (truth: BinaryTruth & { items: number }) => (random: Random): GateFinding =>
  judgeTarget(suiteOf(Array.from({ length: truth.items }, () => ({ category: 'c', ...drawPair(random, truth) }))), config);

/** A general suite whose categories are as large as one another; the first may have a truth of its own. */
export interface GeneralTruth extends BinaryTruth {
  categories: number;
  perCategory: number;
  first?: BinaryTruth;
}

/** The pairs of a general suite. */
export const drawGeneral = (random: Random, { categories, perCategory, first, ...rest }: GeneralTruth): ScoredPair[] =>
  Array.from({ length: categories * perCategory }, (_, index) => {
    const category = index % categories;
    return { category: `c${category}`, ...drawPair(random, category === 0 && first ? first : rest) };
  });

/** A general suite, judged. */
export const judgeGeneralOf = (truth: GeneralTruth) => (random: Random): GateFinding => judgeRegression(suiteOf(drawGeneral(random, truth)), config);

/**
 * A candidate that leaves out items which it got wrong and the incumbent right, as many as the limit on missing scores lets it: its
 * scores alone look better than it is.
 */
export const judgeHidingOf = (truth: GeneralTruth) => (random: Random): GateFinding => {
  const pairs = drawGeneral(random, truth);
  const hidable = Math.floor(pairs.length * config.maxMissingShare);
  const doubtful = pairs.filter(({ before, after }) => before > after).slice(0, hidable);
  const hidden = new Set(doubtful);
  return judgeRegression({ scored: pairs.filter((pair) => !hidden.has(pair)), doubtful, unseen: [], missing: doubtful.length }, config);
};

/** Safety answers of a version that is safe with probability `safe`, judged. */
export const judgeSafetyOf = ({ items, safe }: { items: number; safe: number }) => (random: Random): GateFinding =>
  judgeSafety({ scores: Array.from({ length: items }, () => (random() < safe ? 1 : 0)), missing: 0 }, config);

const gaussian = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Pairs whose measurement is log-normal, most of its spread that of the question, and `ratio` times as large for the candidate. */
const drawMeasured = (random: Random, { items, ratio }: { items: number; ratio: number }): ItemPair[] =>
  Array.from({ length: items }, (_, index) => {
    const question = 0.5 * gaussian(random);
    const draw = (factor: number): number => factor * Math.exp(question + 0.3 * gaussian(random));
    const item = (factor: number): ItemPair['incumbent'] => {
      const value = draw(factor);
      return { id: `i${index}`, suite: 'general', score: 1, latencyMs: 800 * value, costUsd: 0.002 * value };
    };
    return { incumbent: item(1), candidate: item(ratio) };
  });

/** Latencies, judged. */
export const judgeLatencyOf = (truth: { items: number; ratio: number }) => (random: Random): GateFinding => judgeLatency(drawMeasured(random, truth), config);

/** Costs, judged. */
export const judgeCostOf = (truth: { items: number; ratio: number }) => (random: Random): GateFinding => judgeCost(drawMeasured(random, truth), config);
