import { standardise } from './distributions.js';

/** Successes and sizes of candidate (c) and baseline (b) in one stage of a rollout. */
export interface StageCounts {
  xc: number;
  nc: number;
  xb: number;
  nb: number;
}

/** A difference combined over stages. */
export interface StratifiedDifference {
  difference: number;
  se: number;
  z: number;
}

/**
 * Difference of rates over stages with different splits, free of Simpson's paradox: Mantel-Haenszel weights
 * w = nc nb / (nc + nb), estimate = sum w d / sum w, se = sqrt(sum w^2 v) / sum w. Stages with an empty arm add nothing.
 *
 * Source: Mantel & Haenszel (1959); Greenland & Robins, Biometrics 41 (1985) 55-68.
 */
export const stratifiedDifference = (stages: readonly StageCounts[]): StratifiedDifference => {
  let [weights, weighted, spread] = [0, 0, 0];
  for (const { xc, nc, xb, nb } of stages) {
    if (nc === 0 || nb === 0) continue;
    const [pc, pb, weight] = [xc / nc, xb / nb, (nc * nb) / (nc + nb)];
    weights += weight;
    weighted += weight * (pc - pb);
    spread += weight * weight * ((pc * (1 - pc)) / nc + (pb * (1 - pb)) / nb);
  }
  if (weights === 0) return { difference: 0, se: Infinity, z: 0 };
  const [difference, se] = [weighted / weights, Math.sqrt(spread) / weights];
  return { difference, se, z: standardise({ estimate: difference, standardError: se }) };
};

/** The difference after pooling all stages, which mixes the arms' difference with any drift of the baseline. */
export const pooledDifference = (stages: readonly StageCounts[]): number => {
  const total = (pick: (stage: StageCounts) => number): number => stages.reduce((sum, stage) => sum + pick(stage), 0);
  return total((s) => s.xc) / total((s) => s.nc) - total((s) => s.xb) / total((s) => s.nb);
};
