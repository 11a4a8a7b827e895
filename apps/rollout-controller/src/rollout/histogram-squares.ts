import { bucketUpperBound, type Histogram } from '@ratchet/domain';

/**
 * The largest sum of squares that values in these buckets with this sum can have, for costs that are told as a histogram alone: x^2 lies
 * under its chord (l + u) x - l u in each bucket, and the sum of the chords is largest where the highest buckets are filled to their upper
 * ends first. Buckets are 12 % wide, so it is a few per cent too large; only in the lowest one, 0 to 0.001, several times.
 */
export const largestSquares = ({ buckets, counts, sum, count }: Histogram): number => {
  if (count === 1) return sum * sum;
  const bounds = buckets.map((bucket, i) => ({ lower: bucket === 0 ? 0 : bucketUpperBound(bucket - 1), upper: bucketUpperBound(bucket), values: counts[i] ?? 0 }));
  let spare = sum - bounds.reduce((total, { lower, values }) => total + values * lower, 0);
  let squares = 0;
  for (const { lower, upper, values } of bounds.reverse()) {
    const above = Math.max(0, Math.min(spare, values * (upper - lower)));
    squares += (lower + upper) * (values * lower + above) - values * lower * upper;
    spare -= above;
  }
  return squares;
};
