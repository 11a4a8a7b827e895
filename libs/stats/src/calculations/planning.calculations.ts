import type { Calculation } from '../calculate.js';
import { COUNT, OPEN_PROBABILITY, POSITIVE } from '../input.js';
import { minimumTrialsForBound } from '../proportion-bounds.js';
import { sampleSizeCohenH, sampleSizeNonInferiority, sampleSizeUnpooled } from '../sample-size.js';

/** How much data a decision needs. */
export const planningCalculations = {
  safety_min_n: (fields) => ({
    min_n: minimumTrialsForBound({
      threshold: fields.number('threshold', OPEN_PROBABILITY),
      confidence: fields.number('confidence', OPEN_PROBABILITY),
      failures: fields.number('failures', COUNT),
    }),
  }),
  sample_size: (fields) => {
    const allocationRatio = fields.number('n_baseline_over_n_candidate', { ...POSITIVE, fallback: 1 });
    const power = fields.number('power', OPEN_PROBABILITY);
    if (fields.has('p')) {
      const n = sampleSizeNonInferiority({
        rate: fields.number('p', OPEN_PROBABILITY),
        relativeMargin: fields.number('relative_margin', OPEN_PROBABILITY),
        allocationRatio,
        alphaOneSided: fields.number('alpha_one_sided', OPEN_PROBABILITY),
        power,
      });
      return { n_candidate_noninferiority: n };
    }
    const alpha = fields.number('alpha', OPEN_PROBABILITY);
    const baselineRate = fields.number('p_baseline', { min: 0, max: 1 });
    const candidateRate = fields.number('p_candidate', { min: 0, max: 1 });
    fields.require(baselineRate !== candidateRate, '"p_baseline" and "p_candidate" must differ.');
    fields.require(power > alpha, '"power" must be above "alpha".');
    const plan = { baselineRate, candidateRate, allocationRatio, alpha, power };
    return { n_candidate_cohen_h: sampleSizeCohenH(plan), n_candidate_unpooled: sampleSizeUnpooled(plan) };
  },
} satisfies Record<string, Calculation>;
