import { normalCdf, normalUpperTail, standardise } from './distributions.js';

/** Successes of candidate (c) and baseline (b), and the relative margin that the candidate may be worse by. */
export interface RelativeMarginCounts {
  xc: number;
  nc: number;
  xb: number;
  nb: number;
  margin: number;
}

/** Outcome of {@link relativeNonInferiority}. */
export interface NonInferiority {
  /** pc - (1 - margin) pb. */
  contrast: number;
  se: number;
  z: number;
  pNonInferior: number;
  pHarm: number;
  scoreZ: number;
  scorePNonInferior: number;
}

/** Rates of candidate and baseline; `qc` and `qb` are their complements where these are known better than by 1 - p. */
export interface ArmRates {
  pc: number;
  pb: number;
  qc?: number;
  qb?: number;
}

/**
 * The rates that are most likely under pc = (1 - m) pb:
 * pb = (-B - sqrt(B^2 - 4AC)) / (2A), A = k (nc + nb), B = -(k nc + nb + xc + k xb), C = xc + xb, pc = k pb, k = 1 - m.
 *
 * Source: Farrington & Manning, Statistics in Medicine 9 (1990) 1447-1454.
 */
export const restrictedRates = ({ xc, nc, xb, nb, margin }: RelativeMarginCounts): Required<ArmRates> => {
  const k = 1 - margin;
  const a = k * (nc + nb);
  const b = -(k * nc + nb + xc + k * xb);
  const c = xc + xb;
  // 2C / (-B + sqrt(D)) is the same root without the cancellation of (-B - sqrt(D)) / 2A.
  const low = (2 * c) / (-b + Math.sqrt(Math.max(0, b * b - 4 * a * c)));
  if (low <= 0.5) return { pc: k * low, pb: low, qc: 1 - k * low, qb: 1 - low };
  // Near 1 the digits are in the failures: the same equation in qb = 1 - pb is A qb^2 - D qb - m fb = 0.
  const [fc, fb] = [nc - xc, nb - xb];
  const d = fc + k * fb - margin * (nc + nb);
  const root = Math.sqrt(d * d + 4 * a * margin * fb);
  const qb = d >= 0 ? (d + root) / (2 * a) : (2 * margin * fb) / (root - d);
  return { pc: k * (1 - qb), pb: 1 - qb, qc: margin + k * qb, qb };
};

/** Variance of pc - (1 - m) pb at rates pc and pb; with {@link restrictedRates} it stays positive where all outcomes agree. */
export const contrastVariance = (
  { pc, pb, qc = 1 - pc, qb = 1 - pb }: ArmRates,
  { nc, nb, margin }: Pick<RelativeMarginCounts, 'nc' | 'nb' | 'margin'>,
): number => (pc * qc) / nc + ((1 - margin) ** 2 * pb * qb) / nb;

/**
 * Is the candidate's rate at least (1 - m) times the baseline's? Fixed sample, independent groups.
 * d = pc - (1 - m) pb; Wald: se^2 = pc (1 - pc) / nc + (1 - m)^2 pb (1 - pb) / nb; score: the same at {@link restrictedRates}.
 *
 * `pNonInferior` is the p-value against "worse by the margin", `pHarm` against "no worse than the margin".
 * Source: Farrington & Manning (1990).
 */
export const relativeNonInferiority = (counts: RelativeMarginCounts): NonInferiority => {
  const { xc, nc, xb, nb, margin } = counts;
  const [pc, pb] = [xc / nc, xb / nb];
  const [qc, qb] = [(nc - xc) / nc, (nb - xb) / nb];
  // Near 1 the failures have the digits: pc - (1 - m) pb = m - qc + (1 - m) qb.
  const contrast = pc + pb > 1 ? margin - qc + (1 - margin) * qb : pc - (1 - margin) * pb;
  const se = Math.sqrt(contrastVariance({ pc, pb, qc, qb }, counts));
  const z = standardise({ estimate: contrast, standardError: se });
  const scoreError = Math.sqrt(contrastVariance(restrictedRates(counts), counts));
  const scoreZ = standardise({ estimate: contrast, standardError: scoreError });
  return {
    contrast,
    se,
    z,
    pNonInferior: normalUpperTail(z),
    pHarm: normalCdf(z),
    scoreZ,
    scorePNonInferior: normalUpperTail(scoreZ),
  };
};
