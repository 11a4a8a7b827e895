import { alwaysValidHalfWidth, contrastVariance, restrictedRates, type StageCounts, type StageDecision, stratifiedDifference } from '@ratchet/stats';

interface StratifiedRequest {
  readonly stages: readonly StageCounts[];
  /** The candidate may be worse by this part of the baseline's rate. */
  readonly margin: number;
  readonly tau: number;
  readonly alpha: number;
  /** No verdict below this many outcomes in either arm, over all stages. */
  readonly minN: number;
}

/**
 * The stage test over several stages with different splits: the contrasts pc - (1 - m) pb of the stages with Mantel-Haenszel
 * weights w, their variances at each stage's own restricted rates, and the always-valid bound around the combination.
 *
 * Each stage's weighted contrast is a martingale around its mean, stages follow one another, and so does their sum: one
 * confidence sequence for the whole rollout, whose error rate alpha is spent once, not once a stage. The weights depend on
 * sizes alone (inverse variances would depend on the outcomes and bias the sum), and a drift of the baseline between stages cancels.
 */
export const stratifiedNonInferiority = ({ stages, margin, tau, alpha, minN }: StratifiedRequest): StageDecision & { readonly contrast: number | null } => {
  const both = stages.filter(({ nc, nb }) => nc > 0 && nb > 0);
  const total = (arm: 'nc' | 'nb'): number => both.reduce((sum, stage) => sum + stage[arm], 0);
  if (total('nc') < minN || total('nb') < minN) return { verdict: 'HOLD', lower: null, upper: null, contrast: null };
  const { difference: contrast } = stratifiedDifference(both.map((stage) => ({ ...stage, xb: (1 - margin) * stage.xb })));
  let [weights, spread] = [0, 0];
  for (const { xc, nc, xb, nb } of both) {
    const weight = (nc * nb) / (nc + nb);
    const rates = restrictedRates({ xc: xc + 0.5, nc: nc + 1, xb: xb + 0.5, nb: nb + 1, margin });
    weights += weight;
    spread += weight * weight * contrastVariance(rates, { nc, nb, margin });
  }
  const halfWidth = alwaysValidHalfWidth({ variance: spread / (weights * weights), tau, alpha });
  const [lower, upper] = [contrast - halfWidth, contrast + halfWidth];
  return { verdict: upper < 0 ? 'ROLLBACK' : lower > 0 ? 'PROMOTABLE' : 'HOLD', lower, upper, contrast };
};
