import { describe, expect, it } from '@jest/globals';
import { type Policy, thompson, uniform } from './policies.js';
import { hitShare, regretsOfFixed, type Run, simulate, sumOf } from './simulate.js';
import type { Strategy } from '@ratchet/domain';

const SEEDS = Array.from({ length: 8 }, (_, i) => 301 + i);
const LIFE = { cycles: 300, kinds: 4, delay: 10 };
const runs = (policyOf: (strategies: readonly Strategy[], seed: number) => Policy, options: object = {}): Run[] =>
  SEEDS.map((seed) => simulate({ ...LIFE, seed, ...options }, (strategies) => policyOf(strategies, seed)));
const mean = (values: readonly number[]): number => sumOf(values) / values.length;
const regret = (results: readonly Run[], from = 0): number => mean(results.map(({ regrets }) => sumOf(regrets.slice(from))));
const ours = runs((strategies, seed) => thompson(strategies, seed, 'ours'));

describe('the choice in a world where each kind of failure has its own best strategy', () => {
  it('loses less than any one strategy, than chance, and than the same without similarity', () => {
    const lives = SEEDS.map((seed) => regretsOfFixed({ ...LIFE, seed }));
    const fixed = [...(lives[0]?.keys() ?? [])].map((strategyId) => mean(lives.map((life) => life.get(strategyId) ?? 0)));
    expect(fixed.length).toBeGreaterThanOrEqual(14);
    expect(regret(ours)).toBeLessThan(0.8 * Math.min(...fixed));
    expect(regret(ours)).toBeLessThan(0.7 * regret(runs(uniform)));
    expect(regret(ours)).toBeLessThan(0.8 * regret(runs((all, seed) => thompson(all, seed, 'blind', { bandwidth: Infinity }))));
  });

  it('explores at first, and keeps to the best later', () => {
    const early = mean(ours.map((run) => hitShare(run, 0, 60)));
    const late = mean(ours.map((run) => hitShare(run, 240, 300)));
    expect(early).toBeLessThan(0.35);
    expect(late).toBeGreaterThan(early + 0.25);
    const different = (run: Run, from: number): number => new Set(run.taken.slice(from, from + 60)).size;
    expect(mean(ours.map((run) => different(run, 0)))).toBeGreaterThan(mean(ours.map((run) => different(run, 240))) + 1);
  });

  it('forgets when the best strategies change places: it finds the new ones, sooner than without forgetting', () => {
    const change = { kinds: 2, cycles: 350, changesAt: 170 };
    const forgetting = runs((all, seed) => thompson(all, seed, 'forgets'), change);
    const remembering = runs((all, seed) => thompson(all, seed, 'remembers', { halfLifeMs: Infinity }), change);
    expect(mean(forgetting.map((run) => hitShare(run, 270, 350)))).toBeGreaterThan(mean(remembering.map((run) => hitShare(run, 270, 350))) + 0.15);
    expect(mean(forgetting.map((run) => hitShare(run, 270, 350)))).toBeGreaterThan(0.4);
    expect(regret(forgetting, 170)).toBeLessThan(0.9 * regret(remembering, 170));
  });
});
