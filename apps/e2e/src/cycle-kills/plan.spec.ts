// Goal: every service dies at each of its moments, as often as was asked for. Method: plans of many seeds.
import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@ratchet/testing';
import { planKills } from './plan.js';

const moments = [
  { name: 'first', services: ['a'] },
  { name: 'second', services: ['a', 'b'] },
  { name: 'third', services: ['a', 'b', 'c'] },
];
const seeds = Array.from({ length: 50 }, (_, seed) => seed);
const plan = (seed: number, kills: number) => planKills(moments, { kills, random: seededRandom(seed) });

describe('planKills', () => {
  it.each([1, 6, 20])('plans %i kills', (kills) => {
    for (const seed of seeds) expect(plan(seed, kills).flat()).toHaveLength(kills);
  });

  it('kills every service at each of its moments before any again', () => {
    for (const seed of seeds) expect(new Set(plan(seed, 6).flat().map(({ moment, service }) => `${moment}${service}`)).size).toBe(6);
  });

  it('goes through the moments of a cycle in order, and through none twice', () => {
    for (const cycle of seeds.flatMap((seed) => plan(seed, 20))) {
      const order = cycle.map(({ moment }) => moment);
      expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
    }
  });

  it('is the same for the same seed, and another for another', () => {
    expect(plan(1, 20)).toEqual(plan(1, 20));
    expect(new Set(seeds.map((seed) => JSON.stringify(plan(seed, 20)))).size).toBeGreaterThan(40);
  });

  it('refuses a plan without a moment', () => {
    expect(() => planKills([], { kills: 1, random: seededRandom(1) })).toThrow(RangeError);
  });
});
