import type { Calculation } from '../calculate.js';
import { asymptoticConfidenceSequence } from '../confidence-sequence.js';
import { bernoulliEProcess } from '../e-process.js';
import { groupSequentialBounds, GroupSequentialError } from '../group-sequential.js';
import { CalculationError, COUNT, type Fields, OPEN_PROBABILITY, POSITIVE } from '../input.js';
import { mixtureSprt, rateDifference } from '../msprt.js';
import { sampleRatioBayesFactor, sampleRatioChiSquare, type SampleRatio } from '../sample-ratio.js';
import { decideStage } from '../stage-decision.js';
import { relativeMarginCounts, twoArmCounts } from './comparison.calculations.js';

const SRM_ALPHA = 0.001;
const REJECT_ALPHA = 0.05;

const sampleRatio = (fields: Fields): SampleRatio => {
  const counts = fields.numbers('counts', { ...COUNT, minLength: 2 });
  const weights = fields.numbers('weights', { ...POSITIVE, minLength: 2 });
  fields.require(counts.length === weights.length, '"counts" and "weights" must be of the same length.');
  return { counts, weights };
};

const observedDifference = (fields: Fields): { difference: number; variance: number } => {
  if (!fields.has('xc')) {
    return { difference: fields.number('diff'), variance: fields.number('se2', POSITIVE) };
  }
  const observed = rateDifference(twoArmCounts(fields));
  fields.require(observed.variance > 0, 'all outcomes of both groups agree, so the variance is 0; wait for more.');
  return observed;
};

/** Tests that stay valid when they are looked at often. */
export const sequentialCalculations = {
  asymptotic_cs: (fields) => {
    const result = asymptoticConfidenceSequence({
      se: fields.number('se', POSITIVE),
      n: fields.number('n', POSITIVE),
      nstar: fields.number('nstar', POSITIVE),
      alpha: fields.number('alpha', { min: 0, max: 0.5, open: true }),
      estimate: fields.number('estimate'),
    });
    return {
      rho_two: result.rhoTwoSided,
      rho_one: result.rhoOneSided,
      halfwidth_two: result.halfWidthTwoSided,
      halfwidth_one: result.halfWidthOneSided,
      p_two: result.pTwoSided,
    };
  },
  msprt_normal_mixture: (fields) => {
    const observed = observedDifference(fields);
    const theta0 = fields.number('theta0', { fallback: 0 });
    const { likelihoodRatio, pAlwaysValid } = mixtureSprt({ ...observed, tau2: fields.number('tau2', POSITIVE), theta0 });
    return {
      ...(fields.has('xc') && { diff: observed.difference, se2: observed.variance }),
      likelihood_ratio: likelihoodRatio,
      p_always_valid: pAlwaysValid,
      reject_at_05: likelihoodRatio >= 1 / REJECT_ALPHA,
    };
  },
  group_sequential_bounds: (fields) => {
    const informationFractions = fields.numbers('information_fractions', { min: 0, max: 1 });
    const alpha = fields.number('alpha', { min: 0, max: 0.5, open: true });
    const spending = fields.choice('spending', ['obf', 'pocock', 'power2']);
    const sides = fields.choice<1 | 2>('sides', [1, 2]);
    try {
      return { z_bounds: groupSequentialBounds({ informationFractions, alpha, spending, sides }) };
    } catch (error) {
      if (!(error instanceof GroupSequentialError)) throw error;
      throw new CalculationError(`group_sequential_bounds: ${error.message}`, { cause: error });
    }
  },
  srm_chi_square: (fields) => {
    const { chi2, p } = sampleRatioChiSquare(sampleRatio(fields));
    return { chi2, p, srm_at_0_001: p < SRM_ALPHA };
  },
  srm_sequential: (fields) => {
    const concentration = fields.number('concentration', { ...POSITIVE, fallback: 100 });
    const { logBayesFactor, pAlwaysValid } = sampleRatioBayesFactor(sampleRatio(fields), concentration);
    return { log_bayes_factor: logBayesFactor, p_always_valid: pAlwaysValid };
  },
  bernoulli_e_process: (fields) => {
    const n = fields.number('n', COUNT);
    const [q0, q1] = [fields.number('q0', OPEN_PROBABILITY), fields.number('q1', OPEN_PROBABILITY)];
    fields.require(q1 > q0, '"q1" must be above "q0".');
    const { logE, e } = bernoulliEProcess({ failures: fields.number('failures', { ...COUNT, max: n }), n, q0, q1 });
    return { log_e: logE, e, reject_at_05: logE >= -Math.log(REJECT_ALPHA) };
  },
  proposed_stage_decision: (fields) => {
    const { verdict, lower, upper } = decideStage({
      ...relativeMarginCounts(fields),
      tau: fields.number('tau', POSITIVE),
      alpha: fields.number('alpha', { min: 0, max: 0.5, open: true }),
      minN: fields.number('min_n', COUNT),
    });
    return { verdict, lower, upper };
  },
} satisfies Record<string, Calculation>;
