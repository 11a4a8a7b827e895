/** Vectors of one length, one behind the other: a hundred thousand arrays of their own would cost several times as much. */
export interface Points {
  readonly count: number;
  readonly dims: number;
  /** `count * dims` numbers, point by point. */
  readonly data: Float32Array;
}

/** A view, no copy. */
export const rowAt = ({ data, dims }: Points, i: number): Float32Array => data.subarray(i * dims, (i + 1) * dims);

/** The points at these places, copied. */
export const rowsOf = (points: Points, places: readonly number[]): Points => {
  const data = new Float32Array(places.length * points.dims);
  places.forEach((place, i) => data.set(rowAt(points, place), i * points.dims));
  return { count: places.length, dims: points.dims, data };
};

/** Squared distance of row `i` of `a` and row `j` of `b`, which have one length. */
export const squaredDistance = (a: Float32Array, i: number, b: Float32Array, j: number, dims: number): number => {
  let x = i * dims;
  let y = j * dims;
  const end = x + dims;
  // Four sums at once: each addition need not wait for the one before.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (const stop = end - (dims & 3); x < stop; x += 4, y += 4) {
    const d0 = (a[x] as number) - (b[y] as number);
    const d1 = (a[x + 1] as number) - (b[y + 1] as number);
    const d2 = (a[x + 2] as number) - (b[y + 2] as number);
    const d3 = (a[x + 3] as number) - (b[y + 3] as number);
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; x < end; x += 1, y += 1) s0 += ((a[x] as number) - (b[y] as number)) ** 2;
  return s0 + s1 + s2 + s3;
};
