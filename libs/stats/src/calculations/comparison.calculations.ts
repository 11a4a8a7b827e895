import type { Calculation } from '../calculate.js';
import { COUNT, type Fields, OPEN_PROBABILITY, SIZE } from '../input.js';
import { mcNemarTest } from '../mcnemar.js';
import { benjaminiHochberg, bonferroni, holm } from '../multiple-testing.js';
import { relativeNonInferiority, type RelativeMarginCounts } from '../noninferiority.js';
import { clopperPearsonInterval, clopperPearsonLower, wilsonInterval } from '../proportion-bounds.js';
import {
  agrestiCaffoInterval,
  newcombeInterval,
  pooledZTest,
  type TwoProportions,
  unpooledZTest,
  waldInterval,
} from '../two-proportions.js';
import { welchTTest } from '../welch.js';

const twoProportions = (fields: Fields): TwoProportions => {
  const [n1, n2] = [fields.number('n1', SIZE), fields.number('n2', SIZE)];
  return { x1: fields.number('x1', { ...COUNT, max: n1 }), n1, x2: fields.number('x2', { ...COUNT, max: n2 }), n2 };
};

/** Successes and sizes of candidate and baseline, as several groups of the calculator take them. */
export const twoArmCounts = (fields: Fields): Omit<RelativeMarginCounts, 'margin'> => {
  const [nc, nb] = [fields.number('nc', SIZE), fields.number('nb', SIZE)];
  return { xc: fields.number('xc', { ...COUNT, max: nc }), nc, xb: fields.number('xb', { ...COUNT, max: nb }), nb };
};

/** The same with a relative margin. */
export const relativeMarginCounts = (fields: Fields): RelativeMarginCounts => ({
  ...twoArmCounts(fields),
  margin: fields.number('margin', { min: 0, max: 0.999 }),
});

const alphaOf = (fields: Fields): number => fields.number('alpha', { ...OPEN_PROBABILITY, fallback: 0.05 });

/** Fixed-sample comparisons and intervals. */
export const comparisonCalculations = {
  two_prop_z_pooled: (fields) => {
    const alternative = fields.choice('alternative', ['two-sided', 'larger', 'smaller'], 'two-sided');
    return { ...pooledZTest(twoProportions(fields), alternative) };
  },
  two_prop_diff_intervals: (fields) => {
    const [counts, alpha] = [twoProportions(fields), alphaOf(fields)];
    const { z, p } = unpooledZTest(counts);
    const wald = waldInterval(counts, alpha);
    const agrestiCaffo = agrestiCaffoInterval(counts, alpha);
    const newcombe = newcombeInterval(counts, alpha);
    return {
      z_unpooled: z,
      p,
      wald_lo: wald.lower,
      wald_hi: wald.upper,
      agresti_caffo_lo: agrestiCaffo.lower,
      agresti_caffo_hi: agrestiCaffo.upper,
      newcomb_lo: newcombe.lower,
      newcomb_hi: newcombe.upper,
    };
  },
  relative_noninferiority: (fields) => {
    const result = relativeNonInferiority(relativeMarginCounts(fields));
    return {
      contrast: result.contrast,
      se: result.se,
      z: result.z,
      p_noninferior: result.pNonInferior,
      p_harm: result.pHarm,
      score_z_ratio: result.scoreZ,
      score_p_noninferior: result.scorePNonInferior,
    };
  },
  welch_t: (fields) => ({
    ...welchTTest({
      mean1: fields.number('mean1'),
      sd1: fields.number('sd1', { min: 0 }),
      n1: fields.number('n1', { integer: true, min: 2 }),
      mean2: fields.number('mean2'),
      sd2: fields.number('sd2', { min: 0 }),
      n2: fields.number('n2', { integer: true, min: 2 }),
    }),
  }),
  proportion_bounds: (fields) => {
    const n = fields.number('n', SIZE);
    const proportion = { successes: fields.number('successes', { ...COUNT, max: n }), n };
    const [wilson, clopperPearson] = [wilsonInterval(proportion, 0.05), clopperPearsonInterval(proportion, 0.05)];
    return {
      wilson95_lo: wilson.lower,
      wilson95_hi: wilson.upper,
      clopper95_lo: clopperPearson.lower,
      clopper95_hi: clopperPearson.upper,
      wilson_one_sided95_lo: wilsonInterval(proportion, 0.1).lower,
      clopper_one_sided95_lo: clopperPearsonLower(proportion, 0.05),
    };
  },
  mcnemar: (fields) => {
    const result = mcNemarTest({
      oldRightNewWrong: fields.number('old_right_new_wrong', COUNT),
      oldWrongNewRight: fields.number('old_wrong_new_right', COUNT),
    });
    return { p_exact: result.pExact, chi2_corrected: result.chi2Corrected, p_corrected: result.pCorrected };
  },
  multiple_testing: (fields) => {
    const p = fields.numbers('p', { min: 0, max: 1 });
    return { holm: holm(p), bh: benjaminiHochberg(p), bonferroni: bonferroni(p) };
  },
} satisfies Record<string, Calculation>;

