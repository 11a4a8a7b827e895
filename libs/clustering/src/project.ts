import { seededRandom } from './random.js';
import { dotOf, toUnitLength } from './vectors.js';

const ROUNDS = 4;
/** Directions beyond those asked for, which make the wanted ones come out true. */
const EXTRA = 10;
/** The directions are found on about so many vectors; all are then turned into them. */
const SAMPLE = 1_500;

/**
 * The directions in which the vectors differ most (latent semantic analysis): subspace iteration on XᵀX after Halko, Martinsson and
 * Tropp (2011). Returns the vectors in these `dims` directions, at unit length: k-means gets faster, and words that go together count as one.
 */
export const projectToTopics = (vectors: readonly Float32Array[], { dims, seed }: { dims: number; seed: number }): Float32Array[] => {
  const width = vectors[0]?.length ?? 0;
  if (width <= dims || vectors.length <= dims) return vectors.map((vector) => vector.slice());
  const sparse = vectors.map(nonZeros);
  const step = Math.max(1, Math.floor(sparse.length / SAMPLE));
  const sample = sparse.filter((_, i) => i % step === 0);
  const random = seededRandom(seed);
  let basis = Array.from({ length: Math.min(dims + EXTRA, width) }, () => Float64Array.from({ length: width }, () => random() - 0.5));
  orthonormalize(basis);
  for (let round = 0; round < ROUNDS; round += 1) {
    basis = basis.map((direction) => {
      const image = new Float64Array(width);
      for (const { places, values } of sample) {
        const weight = along({ places, values }, direction);
        for (let i = 0; i < places.length; i += 1) {
          const place = places[i] ?? 0;
          image[place] = (image[place] ?? 0) + weight * (values[i] ?? 0);
        }
      }
      return image;
    });
    orthonormalize(basis);
  }
  const kept = basis.slice(0, dims);
  return sparse.map((vector) => toUnitLength(Float32Array.from(kept, (direction) => along(vector, direction))));
};

/** Hashed n-grams of short texts leave nine of ten places empty. */
interface SparseVector {
  readonly places: Int32Array;
  readonly values: Float32Array;
}

const nonZeros = (vector: Float32Array): SparseVector => {
  const places: number[] = [];
  vector.forEach((value, i) => {
    if (value !== 0) places.push(i);
  });
  return { places: Int32Array.from(places), values: Float32Array.from(places, (place) => vector[place] ?? 0) };
};

const along = ({ places, values }: SparseVector, direction: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < places.length; i += 1) sum += (values[i] ?? 0) * (direction[places[i] ?? 0] ?? 0);
  return sum;
};

/** Gram-Schmidt, in place and in order: the strongest direction first. */
const orthonormalize = (basis: Float64Array[]): void => {
  basis.forEach((direction, i) => {
    for (const earlier of basis.slice(0, i)) {
      const overlap = dotOf(direction, earlier);
      for (let j = 0; j < direction.length; j += 1) direction[j] = (direction[j] ?? 0) - overlap * (earlier[j] ?? 0);
    }
    toUnitLength(direction);
  });
};
