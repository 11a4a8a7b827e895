import { murmur3 } from '@ratchet/sdk';

import type { Calculation } from '../calculate.js';
import { cuped } from '../cuped.js';
import type { Fields } from '../input.js';
import { independentRequestsError, ratioMetric } from '../ratio-metric.js';
import { pooledDifference, stratifiedDifference } from '../stratified-difference.js';

const pairOfSeries = (fields: Fields, names: readonly [string, string]): [number[], number[]] => {
  const series = [fields.numbers(names[0], { minLength: 2 }), fields.numbers(names[1], { minLength: 2 })] as const;
  fields.require(series[0].length === series[1].length, `"${names[0]}" and "${names[1]}" must be of the same length.`);
  return [series[0], series[1]];
};

/** Metrics over assignment units, stages and buckets. */
export const unitCalculations = {
  ratio_metric_delta: (fields) => {
    const [numerators, denominators] = pairOfSeries(fields, ['numerator_per_unit', 'denominator_per_unit']);
    const requests = denominators.reduce((sum, count) => sum + count, 0);
    fields.require(requests > 0, '"denominator_per_unit" must add up to more than 0.');
    const { ratio, se } = ratioMetric(numerators, denominators);
    return { ratio, se, se_if_requests_were_independent: independentRequestsError({ ratio, requests }) };
  },
  cuped: (fields) => {
    const { theta, varianceBefore, varianceAfter, correlation } = cuped(...pairOfSeries(fields, ['y', 'x']));
    return { theta, var_y: varianceBefore, var_adjusted: varianceAfter, correlation };
  },
  stage_stratified_diff: (fields) => {
    const stages = fields
      .rows('stages_xc_nc_xb_nb', ['xc', 'nc', 'xb', 'nb'])
      .map(([xc = 0, nc = 0, xb = 0, nb = 0]) => ({ xc, nc, xb, nb }));
    const fits = stages.every(({ xc, nc, xb, nb }) => xc <= nc && xb <= nb);
    fields.require(fits, 'a stage has more successes than units.');
    fields.require(
      stages.some(({ nc, nb }) => nc > 0 && nb > 0),
      'no stage has units in both arms.',
    );
    const { difference, se, z } = stratifiedDifference(stages);
    return { stratified_diff: difference, se, z, pooled_diff_wrong: pooledDifference(stages) };
  },
  murmur3_utf8: (fields) => ({ murmur3_x86_32_utf8: murmur3(fields.text('key')) }),
} satisfies Record<string, Calculation>;
