export type Vector = ArrayLike<number>;

export const dotOf = (a: Vector, b: Vector): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** Scaled to length 1 in place; a zero vector stays zero. */
export const toUnitLength = <V extends Float32Array | Float64Array | number[]>(vector: V): V => {
  const length = Math.sqrt(dotOf(vector, vector));
  if (length > 0) for (let i = 0; i < vector.length; i += 1) vector[i] = (vector[i] ?? 0) / length;
  return vector;
};
