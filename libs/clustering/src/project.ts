import { seededRandom } from './random.js';
import { dotOf, toUnitLength } from './vectors.js';
import type { FailureVectors } from './embed-failures.js';
import type { Points } from './points.js';

const ROUNDS = 4;
/** Directions beyond those asked for, which make the wanted ones come out true. */
const EXTRA = 10;
/** The directions are found on about so many vectors; all are then turned into them. */
const SAMPLE = 3_000;

/**
 * The directions in which the vectors differ most (latent semantic analysis): subspace iteration on XᵀX after Halko, Martinsson and
 * Tropp (2011). Returns the vectors in these `dims` directions, at unit length: k-means gets faster, and words that go together count as one.
 */
export const projectToTopics = (vectors: FailureVectors, { dims, seed }: { dims: number; seed: number }): Points => {
  if (vectors.dims <= dims || vectors.count <= dims) return copyOf(vectors);
  const directions = directionsOf(vectors, { dims, seed });
  const data = new Float32Array(vectors.count * dims);
  for (let i = 0; i < vectors.count; i += 1) {
    const topics = data.subarray(i * dims, (i + 1) * dims);
    const vector = vectors.at(i);
    for (let place = 0; place < vector.length; place += 1) {
      const value = vector[place] as number;
      if (value === 0) continue;
      for (let d = 0, at = place * dims; d < dims; d += 1) topics[d] = (topics[d] as number) + value * (directions[at + d] as number);
    }
    toUnitLength(topics);
  }
  return { count: vectors.count, dims, data };
};

const copyOf = ({ count, dims, at }: FailureVectors): Points => {
  const data = new Float32Array(count * dims);
  for (let i = 0; i < count; i += 1) data.set(at(i), i * dims);
  return { count, dims, data };
};

/** For each place of the vectors one row: what it adds to each of the directions. */
const directionsOf = (vectors: FailureVectors, { dims, seed }: { dims: number; seed: number }): Float64Array => {
  const step = Math.max(1, Math.floor(vectors.count / SAMPLE));
  const sample = Array.from({ length: Math.floor((vectors.count - 1) / step) + 1 }, (_, i) => nonZeros(vectors.at(i * step)));
  const random = seededRandom(seed);
  let basis = Array.from({ length: Math.min(dims + EXTRA, vectors.dims) }, () => Float64Array.from({ length: vectors.dims }, () => random() - 0.5));
  orthonormalize(basis);
  for (let round = 0; round < ROUNDS; round += 1) {
    basis = basis.map((direction) => {
      const image = new Float64Array(vectors.dims);
      for (const { places, values } of sample) {
        const weight = along({ places, values }, direction);
        for (let i = 0; i < places.length; i += 1) {
          const place = places[i] as number;
          image[place] = (image[place] as number) + weight * (values[i] as number);
        }
      }
      return image;
    });
    orthonormalize(basis);
  }
  const rows = new Float64Array(vectors.dims * dims);
  for (let d = 0; d < dims; d += 1) for (let place = 0; place < vectors.dims; place += 1) rows[place * dims + d] = basis[d]?.[place] ?? 0;
  return rows;
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
  return { places: Int32Array.from(places), values: Float32Array.from(places, (place) => vector[place] as number) };
};

const along = ({ places, values }: SparseVector, direction: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < places.length; i += 1) sum += (values[i] as number) * (direction[places[i] as number] as number);
  return sum;
};

/** Gram-Schmidt, in place and in order: the strongest direction first. */
const orthonormalize = (basis: Float64Array[]): void => {
  basis.forEach((direction, i) => {
    for (const earlier of basis.slice(0, i)) {
      const overlap = dotOf(direction, earlier);
      for (let j = 0; j < direction.length; j += 1) direction[j] = (direction[j] as number) - overlap * (earlier[j] as number);
    }
    toUnitLength(direction);
  });
};
