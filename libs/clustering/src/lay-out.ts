import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dotOf, type Vector } from './vectors.js';

export interface Position {
  readonly x: number;
  readonly y: number;
}

interface LayoutOptions {
  /** Where a map before had these points; undefined for those that it did not have. */
  readonly former?: readonly (Position | undefined)[] | undefined;
}

const ROUNDS_MAX = 150;
/** Goes on while a round takes away at least this share of the stress. */
const GAIN_MIN = 1e-4;
/** Points that are the same have a place of their own each. */
const APART_MIN = 0.02;
/** Points new to a map start between so many of those that they are nearest to. */
const NEIGHBOURS = 3;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));
/** Points must not start on each other: nothing would say in which direction they part. */
const JITTER = 0.01;

type Pair = readonly [number, number];

/**
 * Places in the plane for a few hundred unit vectors, so that distances there come close to (1 - cosine)² (metric multidimensional scaling by
 * majorization, de Leeuw 1977). The square makes room between what is near and what is far: in many dimensions most vectors are about equally far from one another.
 * It starts where `former` had the points, so that a map goes on as the one before; else from the principal axes. The same input gives the same places.
 */
export const layOut = (vectors: readonly Vector[], { former = [] }: LayoutOptions = {}): Position[] => {
  if (vectors.length === 0) return [];
  const known = former[0];
  if (vectors.length === 1) return [known ?? { x: 0, y: 0 }];
  const apart = dissimilarities(vectors);
  let places = startOf(apart, former).map(([x, y], i): Pair => [x + JITTER * Math.cos(i * GOLDEN_ANGLE), y + JITTER * Math.sin(i * GOLDEN_ANGLE)]);
  let stress = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const next = improved(places, apart);
    if (stress - next.stress < GAIN_MIN * stress) break;
    stress = next.stress;
    places = next.places;
  }
  return places.map(([x, y]) => ({ x, y }));
};

const dissimilarities = (vectors: readonly Vector[]): Float64Array[] => {
  const apart = vectors.map(() => new Float64Array(vectors.length));
  vectors.forEach((a, i) => {
    for (let j = 0; j < i; j += 1) {
      const distance = Math.max(APART_MIN, (1 - dotOf(a, vectors[j] as Vector)) ** 2);
      (apart[i] as Float64Array)[j] = distance;
      (apart[j] as Float64Array)[i] = distance;
    }
  });
  return apart;
};

/** A few points that were known among many new ones say nothing of the whole, so that it is laid out anew then. */
const startOf = (apart: readonly Float64Array[], former: readonly (Position | undefined)[]): Pair[] => {
  const known = apart.flatMap((_, i) => (former[i] === undefined ? [] : [i]));
  if (known.length * 2 < apart.length) return principalAxes(apart);
  return apart.map((row, i) => {
    const own = former[i];
    const near = own === undefined ? known.toSorted((a, b) => (row[a] as number) - (row[b] as number)).slice(0, NEIGHBOURS).map((place) => former[place] as Position) : [own];
    return [meanOf(near.map(({ x }) => x)), meanOf(near.map(({ y }) => y))];
  });
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Classical scaling (Torgerson 1952). */
const principalAxes = (apart: readonly Float64Array[]): Pair[] => {
  const squared = apart.map((row) => Array.from(row, (distance) => distance * distance));
  const means = squared.map(meanOf);
  const mean = meanOf(means);
  const centred = squared.map((row, i) => row.map((value, j) => -0.5 * (value - (means[i] as number) - (means[j] as number) + mean)));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(centred), { assumeSymmetric: true });
  const largest = realEigenvalues.map((value, axis) => ({ length: Math.sqrt(Math.max(0, value)), axis })).sort((a, b) => b.length - a.length);
  const along = (place: number, i: number): number => {
    const { length, axis } = largest[place] as { length: number; axis: number };
    return length * eigenvectorMatrix.get(i, axis);
  };
  return apart.map((_, i) => [along(0, i), along(1, i)]);
};

/** The Guttman transform of the places, and the stress that they had. */
const improved = (places: readonly Pair[], apart: readonly Float64Array[]): { places: Pair[]; stress: number } => {
  let stress = 0;
  const moved = places.map(([x, y], i): Pair => {
    let sumX = 0;
    let sumY = 0;
    places.forEach(([otherX, otherY], j) => {
      const distance = Math.hypot(x - otherX, y - otherY);
      const wanted = (apart[i] as Float64Array)[j] as number;
      stress += (distance - wanted) ** 2;
      if (distance === 0) return;
      sumX += (wanted / distance) * (x - otherX);
      sumY += (wanted / distance) * (y - otherY);
    });
    return [sumX / places.length, sumY / places.length];
  });
  return { places: moved, stress };
};
