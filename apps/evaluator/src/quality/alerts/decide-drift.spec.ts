// Goal: one alert for one real drop, soon, and next to none in quiet times. Method: the decision on small sequences, and on seeded weeks.
import { describe, expect, it } from '@jest/globals';
import { decideDrift, driftStateSchema, startDrift } from './decide-drift.js';
import type { DriftDecision, DriftRule, DriftState } from './decide-drift.js';
import { DEFAULT_DRIFT_RULE } from './drift-rule.js';
import { addScore, effectiveScores, mergeMoments, NO_SCORES, varianceOf } from './moments.js';
import { EVALUATORS, gradedEvaluator, simulateWeeks } from './spec-support/simulate-weeks.js';

const HOUR_MS = 3_600_000;
const rule: DriftRule = { ...DEFAULT_DRIFT_RULE, settleMs: 60_000, learnMs: 0, learnScores: 100, runLength: 10_000 };

/** One score a second. */
const feed = (state: DriftState, values: readonly number[], fromMs: number, using = rule): { state: DriftState; decisions: DriftDecision[] } => {
  const decisions: DriftDecision[] = [];
  for (const [i, value] of values.entries()) {
    const { state: next, ...decision } = decideDrift(state, { value, weight: 1, atMs: fromMs + i * 1_000 }, using);
    state = next;
    decisions.push(decision);
  }
  return { state, decisions: decisions.filter(({ decision }) => decision !== 'keep') };
};
const usual = (n: number): number[] => Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 0.6 : 0.9));
const worse = (n: number): number[] => usual(n).map((value) => value - 0.2);
const learnt = (): DriftState => feed(startDrift({ atMs: 0, rule }), usual(200), 60_000).state;

describe('decideDrift', () => {
  it('looks at nothing before it has settled, and learns before it watches', () => {
    const { state } = feed(startDrift({ atMs: 0, rule }), worse(60), 0);
    expect(state).toEqual(startDrift({ atMs: 0, rule }));
    expect(feed(state, usual(99), 60_000).state.phase).toBe('learning');
    const watching = feed(state, usual(200), 60_000).state;
    expect(watching.phase).toBe('watching');
    expect(watching.baseline.mean).toBeCloseTo(0.84, 2);
  });

  it('learns for as long as it is told, however many scores there are', () => {
    const slow = { ...rule, learnMs: HOUR_MS };
    expect(feed(startDrift({ atMs: 0, rule: slow }), usual(3_000), 60_000, slow).state.phase).toBe('learning');
    expect(feed(startDrift({ atMs: 0, rule: slow }), usual(3_700), 60_000, slow).state.phase).toBe('watching');
  });

  it('does not mind one bad score, or a few', () => {
    expect(feed(learnt(), [0, ...usual(300), 0, 0, ...usual(300)], HOUR_MS).decisions).toEqual([]);
  });

  it('raises once for a drop, says since when, and resolves once when it is over', () => {
    const dropped = feed(learnt(), worse(500), HOUR_MS);
    expect(dropped.decisions).toHaveLength(1);
    expect(dropped.decisions[0]).toMatchObject({ decision: 'raise', isSevere: true });
    expect(dropped.decisions[0]?.reason).toMatch(/the mean is 0\.6.* since 1970-01-01T01:0.*was 0\.84/u);
    expect(dropped.state.phase).toBe('dropped');
    const over = feed(dropped.state, usual(500), 2 * HOUR_MS);
    expect(over.decisions.map(({ decision }) => decision)).toEqual(['resolve']);
    expect(over.state.phase).toBe('watching');
    expect(feed(over.state, usual(500), 3 * HOUR_MS).decisions).toEqual([]);
  });

  it('goes on the same after a restart at any point', () => {
    const values = [...usual(200), ...worse(60), ...usual(200)];
    const whole = feed(startDrift({ atMs: 0, rule }), values, 60_000);
    for (const cut of [50, 120, 205, 215, 300]) {
      const before = feed(startDrift({ atMs: 0, rule }), values.slice(0, cut), 60_000);
      const stored = driftStateSchema.parse(JSON.parse(JSON.stringify(before.state)));
      const after = feed(stored, values.slice(cut), 60_000 + cut * 1_000);
      expect(after.state).toEqual(whole.state);
      expect([...before.decisions, ...after.decisions]).toEqual(whole.decisions);
    }
  });

  it('asks for more samples near a decision, until the evidence is gone', () => {
    const near = feed(learnt(), [0, 0], HOUR_MS).state;
    expect(near.isSuspicious).toBe(true);
    expect(feed(near, usual(300), HOUR_MS + 2_000).state.isSuspicious).toBe(false);
  });

  it('leaves the baseline alone during a drop, and goes on refining it in quiet times', () => {
    const before = learnt();
    expect(feed(before, worse(500), HOUR_MS).state.baseline.mean).toBeCloseTo(before.baseline.mean, 2);
    expect(feed(before, usual(1_000), HOUR_MS).state.baseline.scores).toBeGreaterThan(before.baseline.scores + 500);
    const full = { ...rule, baselineScoresMax: 150 };
    expect(feed(before, usual(1_000), HOUR_MS, full).state.baseline).toEqual(before.baseline);
  });
});

describe('simulated weeks', () => {
  const traffic = { interactionsPerHour: 1_000, rate: 0.05, rateWhenSuspicious: 1 };
  const noonOnWednesdayMs = 60 * HOUR_MS;

  it.each([1, 2, 3, 4, 5])('have one alert for a drop by 0.05 at noon on Wednesday, within an hour (seed %d)', (seed) => {
    const evaluators = [gradedEvaluator({ name: 'relevance', mean: 0.8, sd: 0.15 })];
    const { alerts } = simulateWeeks({ ...traffic, seed, weeks: 1, dailySwing: 0, evaluators, drop: { evaluator: 'relevance', fromMs: noonOnWednesdayMs, by: 0.05, how: 'shift' } }, DEFAULT_DRIFT_RULE);
    expect(alerts).toHaveLength(1);
    const delayMs = (alerts[0]?.atMs ?? 0) - noonOnWednesdayMs;
    expect(delayMs).toBeGreaterThan(0);
    expect(delayMs).toBeLessThan(HOUR_MS);
  });

  it('have no alert in three quiet weeks of four evaluators, day and night', () => {
    const { alerts, samples, interactions } = simulateWeeks({ ...traffic, seed: 7, weeks: 3, dailySwing: 0.8, evaluators: EVALUATORS }, DEFAULT_DRIFT_RULE);
    expect(alerts).toEqual([]);
    expect(samples / interactions).toBeLessThan(0.2);
  });
});

describe('moments', () => {
  it('are those of the same scores put together in any way', () => {
    const scores = [0.1, 0.9, 0.4, 0.7, 0.2].map((value, i) => ({ value, weight: 1 / (i + 1) }));
    const of = (some: typeof scores) => some.reduce((moments, { value, weight }) => addScore(moments, value, weight), NO_SCORES);
    const merged = mergeMoments(of(scores.slice(0, 2)), of(scores.slice(2)));
    const total = scores.reduce((sum, { weight }) => sum + weight, 0);
    const mean = scores.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
    expect(of(scores).mean).toBeCloseTo(mean, 12);
    expect(merged.mean).toBeCloseTo(mean, 12);
    expect(varianceOf(merged)).toBeCloseTo(scores.reduce((sum, { value, weight }) => sum + weight * (value - mean) ** 2, 0) / total, 12);
    expect(effectiveScores(of(scores.map((score) => ({ ...score, weight: 0.3 }))))).toBeCloseTo(5, 12);
  });
});
