import { studentTQuantile } from '@ratchet/stats';
import { HIGH, LOW, type Quantile } from './quantiles.js';
import type { Estimate, FixType } from '@ratchet/domain';

/** A past cycle that served an opportunity, from the ranking (or the decision before) to its decision. */
export interface PastEffort {
  /** Elapsed. */
  readonly days: number;
  /** Review items that people decided for the target meanwhile. */
  readonly reviewedItems?: number;
  /** Failures of the opportunity. */
  readonly size: number;
}

/**
 * Working days before anything is known: what a fix of this type costs at all, and what each hundred failures add to it. Training examples are nearly free,
 * as users wrote them; knowledge must be checked by someone; a threshold needs a safety review; retrieval is engineering.
 */
const priorDays: Record<FixType, { readonly base: number; readonly perHundred: number }> = {
  training_examples: { base: 0.25, perHundred: 0.05 },
  knowledge_entries: { base: 0.5, perHundred: 0.25 },
  prompt_patch: { base: 0.5, perHundred: 0.02 },
  safety_threshold: { base: 1, perHundred: 0.1 },
  retrieval_change: { base: 2, perHundred: 0.1 },
};

/** The table weighs as much as this many past cycles. */
const PRIOR_CYCLES = 3;
/** Before anything is known, efforts differ from the table by a factor of e^0.8 = 2.2 either way, typically. */
const PRIOR_LOG_DEVIATION = 0.8;
/** A cycle that is decided within a minute has cost a minute. */
const LEAST_DAYS = 1 / 1_440;

const REVIEW_MINUTES_PER_ITEM = 2;
const WORKDAY_MINUTES = 480;

/** Elapsed days, and people's work on review items in working days of eight hours. */
const daysOf = ({ days, reviewedItems = 0 }: PastEffort): number => Math.max(LEAST_DAYS, days + (reviewedItems * REVIEW_MINUTES_PER_ITEM) / WORKDAY_MINUTES);

export const tabledDays = ({ fixType, size }: { readonly fixType: FixType; readonly size: number }): number => {
  const { base, perHundred } = priorDays[fixType];
  return base + (perHundred * size) / 100;
};

/**
 * Days of the next cycle of this fix type, learned from those before. With z_i = ln(days_i / table_i) of n past cycles, κ = 3 and σ = 0.8:
 *
 *     estimate = table · exp(Σ z_i / (κ + n))
 *     s² = (κ·σ² + Σ (z_i − z̄)² + κ·n/(κ + n)·z̄²) / (κ + n)
 *     range = estimate · exp(± t(κ + n; 0.95) · s · √(1 + 1/(κ + n)))
 *
 * which is the posterior predictive of a normal-inverse-gamma belief on ln(days) around the table. Days are elapsed ones, since nobody books hours and a fix that waits
 * long is as late as one that takes long; the reviewers' work is added with two minutes an item.
 */
export const estimateEffort = ({ fixType, size, past }: { readonly fixType: FixType; readonly size: number; readonly past: readonly PastEffort[] }): { readonly estimate: Estimate; readonly quantile: Quantile } => {
  const table = tabledDays({ fixType, size });
  const ratios = past.map((cycle) => Math.log(daysOf(cycle) / tabledDays({ fixType, size: cycle.size })));
  const n = ratios.length;
  const weight = PRIOR_CYCLES + n;
  const sum = ratios.reduce((a, b) => a + b, 0);
  const mean = n === 0 ? 0 : sum / n;
  const squares = ratios.reduce((total, ratio) => total + (ratio - mean) ** 2, 0);
  const spread = Math.sqrt((PRIOR_CYCLES * PRIOR_LOG_DEVIATION ** 2 + squares + ((PRIOR_CYCLES * n) / weight) * mean ** 2) / weight);
  const value = table * Math.exp(sum / weight);
  const quantile: Quantile = (p) => value * Math.exp(studentTQuantile({ p, df: weight }) * spread * Math.sqrt(1 + 1 / weight));
  const basis = n === 0 ? `the table's ${table.toFixed(2)} days for a fix of this type and ${size} failures; no cycle of it was decided yet` : `${n} decided cycles of this fix type, beside the table's ${table.toFixed(2)} days, which weigh as ${PRIOR_CYCLES} cycles`;
  return { estimate: { value, low: quantile(LOW), high: quantile(HIGH), n, basis }, quantile };
};
