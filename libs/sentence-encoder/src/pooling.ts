/** Tokens of a text that the encoder reads, its two marks included; what comes after them is not seen. */
export const MAX_TOKENS = 128;

/** Shortens a token sequence to {@link MAX_TOKENS}, keeping the mark that ends it. */
export function truncateTokens(ids: readonly number[]): readonly number[] {
  if (ids.length <= MAX_TOKENS) return ids;
  return [...ids.slice(0, MAX_TOKENS - 1), ids[ids.length - 1] as number];
}

/**
 * The mean of the token vectors, scaled to unit length (Reimers and Gurevych 2019, arXiv 1908.10084, mean pooling).
 *
 * @param states row-major, one row of `dimensions` numbers a token.
 */
export function meanPool({ states, tokens, dimensions }: { states: Float32Array; tokens: number; dimensions: number }): Float32Array {
  const pooled = new Float32Array(dimensions);
  for (let token = 0; token < tokens; token += 1) {
    const row = token * dimensions;
    for (let d = 0; d < dimensions; d += 1) pooled[d] = (pooled[d] as number) + (states[row + d] as number);
  }
  // Dividing by the number of tokens would only be undone by the scaling.
  let squares = 0;
  for (const value of pooled) squares += value * value;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let d = 0; d < dimensions; d += 1) pooled[d] = (pooled[d] as number) * scale;
  return pooled;
}
