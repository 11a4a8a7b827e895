import { seededRandom } from './random.js';
import { dotOf, toUnitLength } from './vectors.js';

const ROUNDS = 4;
/** Directions beyond those asked for, which make the wanted ones come out true. */
const EXTRA = 10;

/**
 * The directions in which the vectors differ most (latent semantic analysis): subspace iteration on XᵀX after Halko, Martinsson and
 * Tropp (2011). Returns the vectors in these `dims` directions, at unit length: k-means gets faster, and words that go together count as one.
 */
export const projectToTopics = (vectors: readonly Float32Array[], { dims, seed }: { dims: number; seed: number }): Float32Array[] => {
  const width = vectors[0]?.length ?? 0;
  if (width <= dims || vectors.length <= dims) return vectors.map((vector) => vector.slice());
  const random = seededRandom(seed);
  let basis = Array.from({ length: Math.min(dims + EXTRA, width) }, () => Float64Array.from({ length: width }, () => random() - 0.5));
  orthonormalize(basis);
  for (let round = 0; round < ROUNDS; round += 1) {
    basis = basis.map((direction) => {
      const image = new Float64Array(width);
      for (const vector of vectors) {
        const weight = dotOf(vector, direction);
        for (let i = 0; i < width; i += 1) image[i] = (image[i] ?? 0) + weight * (vector[i] ?? 0);
      }
      return image;
    });
    orthonormalize(basis);
  }
  return vectors.map((vector) => toUnitLength(Float32Array.from(basis.slice(0, dims), (direction) => dotOf(vector, direction))));
};

/** Gram-Schmidt, in place and in order: the strongest direction first. */
const orthonormalize = (basis: Float64Array[]): void => {
  basis.forEach((direction, i) => {
    for (const earlier of basis.slice(0, i)) {
      const along = dotOf(direction, earlier);
      for (let j = 0; j < direction.length; j += 1) direction[j] = (direction[j] ?? 0) - along * (earlier[j] ?? 0);
    }
    toUnitLength(direction);
  });
};
