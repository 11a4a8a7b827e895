import { describe, expect, it } from '@jest/globals';
import { priorityOf, type Estimate } from '@ratchet/domain';
import { estimateAffectedUsers } from './affected-users.js';
import { estimateEffort, tabledDays } from './effort.js';
import { estimatePriority } from './priority-inputs.js';
import { closenessToServedTraffic, estimateRegressionRisk } from './regression-risk.js';
import { estimateSeverity } from './severity.js';
import type { Failure } from '../analysis/failure.js';

const failure = (user: string, parts: Partial<Failure> = {}): Failure => ({ interactionId: user, conversationId: user, userId: user, version: 'v1', query: 'q', response: 'An answer.', severity: 0.5, signals: [], reasons: [], comments: [], ...parts });
const users = (count: number, parts: Partial<Failure> = {}): Failure[] => Array.from({ length: count }, (_, i) => failure(`u${i}`, parts));
const widthOf = ({ low, high }: Estimate): number => high - low;

describe('estimateAffectedUsers', () => {
  it('counts users once, by conversation where no user is known, with a Poisson range around the count', () => {
    const nameless: Failure = { interactionId: 'x', conversationId: 'x', version: 'v1', query: 'q', response: 'r', severity: 0.5, signals: [], reasons: [], comments: [] };
    const { estimate } = estimateAffectedUsers([failure('a'), failure('a'), nameless, nameless], { share: 1 });
    expect(estimate).toMatchObject({ value: 2, n: 4, basis: '2 different users in 4 failures' });
    // Exact limits of a Poisson mean at 2 seen are 0.355 and 6.296.
    expect(estimate.low).toBeCloseTo(0.355, 1);
    expect(estimate.high).toBeCloseTo(6.296, 1);
  });

  it('expects more users where failures were left out: as many as those seen once let expect', () => {
    const half = { share: 0.5, reason: 'only the newest 20 failures were read' };
    expect(estimateAffectedUsers(users(20), half).estimate.value).toBe(40);
    const loyal = users(10).flatMap((one) => [one, one]);
    expect(estimateAffectedUsers(loyal, half).estimate.value).toBe(10);
    expect(estimateAffectedUsers(users(20), half).estimate.basis).toContain('20 more users are expected');
    expect(estimateAffectedUsers(users(20), half).estimate.low).toBeLessThanOrEqual(20);
    expect(estimateAffectedUsers(users(20), { share: 0.001 }).estimate.value).toBe(60);
  });
});

describe('estimateSeverity', () => {
  it('is the mean, and late signals make a failure worse but never better', () => {
    expect(estimateSeverity([failure('a', { severity: 1 }), failure('b', { severity: 0.5 })]).estimate.value).toBeCloseTo(0.75);
    const late = estimateSeverity([failure('a', { severity: 0.3, signals: [{ name: 'user_correction', strength: 1, evidence: {} }] })]).estimate;
    expect(late.value).toBeCloseTo(0.9);
  });

  it('says little of one failure and much of many, and takes one user’s failures for one voice', () => {
    const one = estimateSeverity(users(1)).estimate;
    expect([one.low, one.high]).toEqual([0, 1]);
    const spread = (count: number): Failure[] => users(count).map((each, i) => ({ ...each, severity: i % 2 === 0 ? 0.4 : 0.6 }));
    expect(widthOf(estimateSeverity(spread(100)).estimate)).toBeLessThan(0.06);
    const sameUser = spread(100).map((each, i) => ({ ...each, userId: `u${i % 4}`, severity: i % 4 < 2 ? 0.4 : 0.6 }));
    expect(widthOf(estimateSeverity(sameUser).estimate)).toBeGreaterThan(3 * widthOf(estimateSeverity(spread(100)).estimate));
  });

  it('covers the true mean about nine times of ten', () => {
    let state = 9;
    const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    const covered = Array.from({ length: 400 }, () => {
      const { low, high } = estimateSeverity(users(12).map((each) => ({ ...each, severity: 0.2 + 0.6 * random() }))).estimate;
      return low <= 0.5 && high >= 0.5;
    }).filter(Boolean).length;
    expect(covered / 400).toBeGreaterThan(0.86);
    expect(covered / 400).toBeLessThan(0.97);
  });
});

describe('estimateEffort', () => {
  it('is the table’s with a wide range while no cycle is known, more for a larger cluster, and for retrieval more than for examples', () => {
    const { estimate } = estimateEffort({ fixType: 'training_examples', size: 200, past: [] });
    expect(estimate.value).toBeCloseTo(0.35);
    expect(estimate.high / estimate.low).toBeGreaterThan(30);
    expect(tabledDays({ fixType: 'training_examples', size: 10 })).toBeLessThan(tabledDays({ fixType: 'training_examples', size: 1_000 }));
    expect(tabledDays({ fixType: 'retrieval_change', size: 10 })).toBeGreaterThan(tabledDays({ fixType: 'training_examples', size: 10 }));
  });

  it('moves from the table to what past cycles took, as the formula says, and becomes surer', () => {
    const past = (count: number) => Array.from({ length: count }, () => ({ days: 4 * tabledDays({ fixType: 'knowledge_entries', size: 50 }), size: 50 }));
    const table = tabledDays({ fixType: 'knowledge_entries', size: 50 });
    const after = (count: number): Estimate => estimateEffort({ fixType: 'knowledge_entries', size: 50, past: past(count) }).estimate;
    expect(after(3).value).toBeCloseTo(table * 4 ** (3 / 6));
    expect(after(60).value).toBeGreaterThan(3.5 * table);
    expect(after(60).high / after(60).low).toBeLessThan(after(3).high / after(3).low / 3);
    expect(after(60).basis).toContain('60 decided cycles');
  });
});

describe('the work of reviewers', () => {
  it('adds to the days of a cycle: 240 items are a working day', () => {
    const effort = (reviewedItems: number): number => estimateEffort({ fixType: 'prompt_patch', size: 10, past: [{ days: 1, size: 10, reviewedItems }] }).estimate.value;
    expect(effort(240) / effort(0)).toBeCloseTo(2 ** (1 / 4));
  });
});

describe('estimateRegressionRisk', () => {
  it.each([
    [0, 0, 0, 0.25],
    [6, 0, 0, 0.1],
    [0, 6, 0, 0.7],
    [0, 0, 1, 0.4],
  ])('with %d promoted, %d failed and closeness %d is %d, within its range', (succeeded, failed, closeness, expected) => {
    const { estimate } = estimateRegressionRisk({ outcomes: { succeeded, failed }, closeness });
    expect(estimate.value).toBeCloseTo(expected);
    expect(estimate.low).toBeLessThan(expected);
    expect(estimate.high).toBeGreaterThan(expected);
  });

  it('has the quantiles of the Beta posterior for its range, narrow after many cycles', () => {
    // Beta(1, 3): 1 − (1 − p)^3 = 0.05 and 0.95.
    const none = estimateRegressionRisk({ outcomes: { succeeded: 0, failed: 0 }, closeness: 0 }).estimate;
    expect(none.low).toBeCloseTo(1 - 0.95 ** (1 / 3));
    expect(none.high).toBeCloseTo(1 - 0.05 ** (1 / 3));
    expect(widthOf(estimateRegressionRisk({ outcomes: { succeeded: 60, failed: 20 }, closeness: 0 }).estimate)).toBeLessThan(widthOf(none) / 3);
  });

  it('counts real answers as close to served traffic, and ignorance and refusals as far from it', () => {
    expect(closenessToServedTraffic([failure('a'), failure('b', { response: "I'm not sure." }), failure('c', { response: "I can't help with that." }), failure('d', { response: 'Another answer.' })])).toBeCloseTo(0.5);
    expect(closenessToServedTraffic([])).toBe(0);
  });
});

describe('estimatePriority', () => {
  const context = { fixType: 'training_examples', outcomes: { succeeded: 0, failed: 0 } } as const;

  it('is the formula on the four values, and the same on every machine', () => {
    const { inputs, priority, estimates } = estimatePriority(users(30), context);
    expect(priority).toBeCloseTo(priorityOf(inputs));
    expect(estimates.priority.value).toBe(priority);
    expect(estimatePriority(users(30), context)).toEqual(estimatePriority(users(30), context));
  });

  it('has a range that encloses the score and narrows, by its size, as failures and cycles come in', () => {
    const relative = ({ low, high, value }: Estimate): number => (high - low) / value;
    const few = estimatePriority(users(5), context).estimates.priority;
    const many = estimatePriority(users(500), { ...context, outcomes: { succeeded: 40, failed: 4 }, past: Array.from({ length: 40 }, () => ({ days: 0.3, size: 100 })) }).estimates.priority;
    for (const { low, value, high } of [few, many]) {
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect(relative(few)).toBeGreaterThan(3 * relative(many));
  });
});
