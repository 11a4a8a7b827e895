import { describe, expect, test } from '@jest/globals';
import { layOut, type Position } from './lay-out.js';
import { seededRandom } from './random.js';
import { toUnitLength } from './vectors.js';

const DIMS = 40;

/** `count` directions around each of `groups` themes, that are near one another within a theme. */
const themes = ({ groups, count, seed = 1, noise = 0.5 }: { groups: number; count: number; seed?: number; noise?: number }): number[][] => {
  const random = seededRandom(seed);
  const centres = Array.from({ length: groups }, () => toUnitLength(Array.from({ length: DIMS }, () => random() - 0.5)));
  return centres.flatMap((centre) => Array.from({ length: count }, () => toUnitLength(centre.map((value) => value + (noise * (random() - 0.5)) / Math.sqrt(DIMS / 3)))));
};
const distance = (a: Position | undefined, b: Position | undefined): number => (a && b ? Math.hypot(a.x - b.x, a.y - b.y) : Number.NaN);
const nearestOf = (places: readonly Position[], i: number): number => places.map((_, j) => j).filter((j) => j !== i).sort((a, b) => distance(places[i], places[a]) - distance(places[i], places[b]))[0] ?? -1;
const widthOf = (places: readonly Position[]): number => Math.max(...places.flatMap((a) => places.map((b) => distance(a, b))));
const movedBy = (before: readonly Position[], after: readonly Position[]): number => before.reduce((sum, place, i) => sum + distance(place, after[i]), 0) / before.length;

describe('layOut', () => {
  test('puts what is near in direction near in the plane', () => {
    const places = layOut(themes({ groups: 6, count: 4 }));
    places.forEach((_, i) => expect(Math.floor(nearestOf(places, i) / 4)).toBe(Math.floor(i / 4)));
  });

  test('leaves room between points that are all equally far from one another', () => {
    const corners = Array.from({ length: 12 }, (_, i) => Array.from({ length: 12 }, (__, d) => (d === i ? 1 : 0)));
    const places = layOut(corners);
    places.forEach((place, i) => expect(distance(place, places[nearestOf(places, i)])).toBeGreaterThan(0.1 * widthOf(places)));
  });

  test('gives the same places for the same vectors', () => {
    expect(layOut(themes({ groups: 4, count: 3 }))).toEqual(layOut(themes({ groups: 4, count: 3 })));
  });

  test('goes on as the map before when vectors have moved and others have come: nothing is turned or mirrored', () => {
    const before = themes({ groups: 5, count: 3 });
    const map = layOut(before);
    const random = seededRandom(9);
    const moved = before.map((vector) => toUnitLength(vector.map((value) => value + 0.04 * (random() - 0.5))));
    const places = layOut([...moved, ...themes({ groups: 2, count: 1, seed: 7 })], { former: [...map, undefined, undefined] });
    expect(movedBy(map, places)).toBeLessThan(0.1 * widthOf(map));
    const mirrored = layOut(before, { former: map.map(({ x, y }) => ({ x: -x, y })) });
    expect(movedBy(map, mirrored)).toBeGreaterThan(0.2 * widthOf(map));
  });

  test('puts a new point between those that it is near to', () => {
    const vectors = themes({ groups: 5, count: 4 });
    const former = layOut(vectors).map((place, i) => (i === 7 ? undefined : place));
    expect(Math.floor(nearestOf(layOut(vectors, { former }), 7) / 4)).toBe(1);
  });

  test('is laid out anew where few points were known', () => {
    const vectors = themes({ groups: 4, count: 3 });
    expect(layOut(vectors, { former: [{ x: 5, y: 5 }] })).toEqual(layOut(vectors));
  });

  test('has places for none, one, two, the same, opposite and empty vectors', () => {
    expect(layOut([])).toEqual([]);
    expect(layOut([[1, 0]])).toEqual([{ x: 0, y: 0 }]);
    expect(layOut([[1, 0]], { former: [{ x: 0.3, y: 0.4 }] })).toEqual([{ x: 0.3, y: 0.4 }]);
    const [a, b] = layOut([[1, 0], [0, 1]]);
    expect(distance(a, b)).toBeCloseTo(1, 2);
    for (const vectors of [[[1, 0], [1, 0]], [[1, 0], [1, 0], [1, 0], [1, 0]], [[1, 0], [-1, 0], [0, 1]], [[0, 0], [0, 0], [1, 0]]]) {
      const places = layOut(vectors);
      expect(places.flatMap(({ x, y }) => [x, y]).every(Number.isFinite)).toBe(true);
      places.forEach((place, i) => expect(distance(place, places[nearestOf(places, i)])).toBeGreaterThan(0.005));
    }
    const onOnePlace = [{ x: 1, y: 1 }, { x: 1, y: 1 }, { x: 1, y: 1 }];
    expect(widthOf(layOut(themes({ groups: 3, count: 1 }), { former: onOnePlace }))).toBeGreaterThan(0.5);
  });

  test('takes distances of (1 - cosine)² where the plane can have them', () => {
    const [a, b, c] = layOut([[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]]);
    expect([distance(a, b), distance(a, c), distance(b, c)].map((value) => value.toFixed(1))).toEqual(['0.2', '1.0', '1.0']);
  });
});
