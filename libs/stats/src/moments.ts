/** Arithmetic mean; NaN of no values. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample covariance (ddof 1) of two series of the same length. */
export const covariance = (first: readonly number[], second: readonly number[]): number => {
  const [meanFirst, meanSecond] = [mean(first), mean(second)];
  const sum = first.reduce((total, value, index) => total + (value - meanFirst) * ((second[index] ?? NaN) - meanSecond), 0);
  return sum / (first.length - 1);
};

/** Sample variance (ddof 1). */
export const variance = (values: readonly number[]): number => covariance(values, values);
