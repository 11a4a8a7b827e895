const DAY_MS = 86_400_000;

export interface LearningOptions {
  /** Of the kernel over the cosine of two centroids: at 0.25 a cosine of 0.9 weighs 0.92, one of 0.7 weighs 0.49, one of 0.4 weighs 0.06. */
  readonly bandwidth: number;
  /** Age at which an outcome counts half. */
  readonly halfLifeMs: number;
  /** Least similarity weight of all outcomes together for failures to count as seen before. */
  readonly similarMin: number;
  /** Chance that failures unlike all before them, or on which everything disappointed, get a strategy that is new. */
  readonly exploration: number;
  /** Least outcomes of the fix type, of any kind, before a new strategy is made: until then nobody knows that the shipped ones do not do. */
  readonly composeAfter: number;
  /** All that was tried on failures like these, `composeAfter` times or more, is expected to do worse than this: something new may be tried. */
  readonly disappointing: number;
  /** What is expected of the first and of the last shipped strategy before any outcome, and how many outcomes that expectation is worth. */
  readonly priorFirst: number;
  readonly priorLast: number;
  readonly priorStrength: number;
  /** Tosses of a coin that one outcome is worth: above 1, since a reward is less of a gamble than a toss, and cycles are too dear to explore for long. */
  readonly evidenceScale: number;
  /** Share of its weight that an outcome on other failures has where nothing is known of these. */
  readonly elsewhereWeight: number;
}

/** Measured in bench/simulation.mjs; docs/adr/0010 has the table. */
export const DEFAULT_LEARNING: LearningOptions = {
  bandwidth: 0.25,
  halfLifeMs: 90 * DAY_MS,
  similarMin: 0.3,
  exploration: 0.2,
  composeAfter: 3,
  disappointing: 0.3,
  priorFirst: 0.45,
  priorLast: 0.35,
  priorStrength: 8,
  evidenceScale: 16,
  elsewhereWeight: 0.1,
};
