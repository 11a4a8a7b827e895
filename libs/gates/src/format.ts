/** A score or rate with two digits, or with as many as it takes to tell how far it is from 0 or 1. */
export const formatRate = (value: number): string => {
  const distance = Math.min(Math.abs(value), Math.abs(1 - value));
  const digits = distance === 0 || distance >= 0.01 ? 2 : Math.min(6, 2 - Math.floor(Math.log10(distance)));
  return value.toFixed(digits);
};

/** A signed percentage with one digit, such as `+18.6 %`. */
export const formatGain = (value: number): string => `${value < 0 ? '-' : '+'}${(Math.abs(value) * 100).toFixed(1)} %`;

/** A signed difference of scores in points (hundredths), such as `-5.0 ± 2.1 points (n=100)`. */
export const formatPoints = ({ difference, halfWidth, n }: { difference: number; halfWidth: number; n: number }): string =>
  `${difference < 0 ? '-' : '+'}${(Math.abs(difference) * 100).toFixed(1)} ± ${(halfWidth * 100).toFixed(1)} points (n=${n})`;

/** A value with its uncertainty and size, such as `0.83 ± 0.03 (n=100)`. */
export const formatEstimate = (estimate: { value: number; halfWidth: number; n: number }): string => {
  const { value, halfWidth, n } = estimate;
  return `${formatRate(value)} ± ${formatHalfWidth(halfWidth)} (n=${n})`;
};

/** An uncertainty with two digits, or one significant digit where it is smaller. */
export const formatHalfWidth = (halfWidth: number): string =>
  halfWidth === 0 || halfWidth >= 0.01 ? halfWidth.toFixed(2) : String(Number(halfWidth.toPrecision(1)));

/** A note on items without a measurement, or nothing. */
export const formatMissing = (missing: number): string =>
  missing === 0 ? '' : `; ${missing} item${missing === 1 ? '' : 's'} without a score`;

/** A note on items that only one version has a measurement for, or nothing. */
export const formatUnmeasured = (missing: number, what: string): string =>
  missing === 0 ? '' : `; ${missing} item${missing === 1 ? '' : 's'} with the ${what} of one version only`;
