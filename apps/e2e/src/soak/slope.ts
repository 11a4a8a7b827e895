/** A value at a moment, in seconds since the start. */
export interface Point {
  readonly atSeconds: number;
  readonly value: number;
}

/** Change per second, with the bounds of its 95 % interval. */
export interface Slope {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** Two-sided 95 % quantiles of Student's t by degrees of freedom, from 1; beyond the table, that of the normal distribution is used. */
const T_95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042];
const Z_95 = 1.96;

/**
 * Least squares with the t interval of its slope (Draper and Smith, Applied Regression Analysis, chapter 1). Three points at least.
 *
 * @throws {RangeError}
 */
export const slopeOf = (points: readonly Point[]): Slope => {
  const n = points.length;
  if (n < 3) throw new RangeError(`a slope needs three points, and has ${n}`);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / n;
  const [x, y] = [mean(points.map(({ atSeconds }) => atSeconds)), mean(points.map(({ value }) => value))];
  const sxx = points.reduce((sum, { atSeconds }) => sum + (atSeconds - x) ** 2, 0);
  const estimate = points.reduce((sum, { atSeconds, value }) => sum + (atSeconds - x) * (value - y), 0) / sxx;
  const residual = points.reduce((sum, { atSeconds, value }) => sum + (value - y - estimate * (atSeconds - x)) ** 2, 0) / (n - 2);
  const half = (T_95[n - 3] ?? Z_95) * Math.sqrt(residual / sxx);
  return { estimate, lower: estimate - half, upper: estimate + half };
};

/** The least value of each of `windows` spans of equal length: what is left of a heap when its garbage has just been collected. */
export const minimaOf = (points: readonly Point[], windows: number): Point[] => {
  const [first, last] = [points[0]?.atSeconds ?? 0, points.at(-1)?.atSeconds ?? 0];
  const span = (last - first) / windows;
  const byWindow = Map.groupBy(points, ({ atSeconds }) => Math.min(windows - 1, Math.floor((atSeconds - first) / (span || 1))));
  return [...byWindow].sort(([one], [other]) => one - other).map(([, within]) => within.reduce((least, point) => (point.value < least.value ? point : least)));
};
