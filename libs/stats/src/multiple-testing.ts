const ascending = (pValues: readonly number[]): number[] =>
  pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0));

/** Bonferroni-adjusted p-values, in input order: min(1, m p). */
export const bonferroni = (pValues: readonly number[]): number[] => pValues.map((p) => Math.min(1, p * pValues.length));

/**
 * Holm's step-down adjusted p-values, in input order: controls the family-wise error rate under any dependence.
 *
 * Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
 */
export const holm = (pValues: readonly number[]): number[] => {
  const adjusted = pValues.map(() => 1);
  let floor = 0;
  ascending(pValues).forEach((index, rank) => {
    floor = Math.max(floor, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = floor;
  });
  return adjusted;
};

/**
 * Benjamini-Hochberg step-up adjusted p-values, in input order: controls the false discovery rate.
 *
 * Source: Benjamini & Hochberg, JRSS B 57 (1995) 289-300.
 */
export const benjaminiHochberg = (pValues: readonly number[]): number[] => {
  const adjusted = pValues.map(() => 1);
  let ceiling = 1;
  const order = ascending(pValues);
  for (let rank = order.length; rank >= 1; rank -= 1) {
    const index = order[rank - 1] ?? 0;
    ceiling = Math.min(ceiling, ((pValues[index] ?? 1) * pValues.length) / rank);
    adjusted[index] = ceiling;
  }
  return adjusted;
};
