import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '@ratchet/stats';

import type { GateConfigInput } from './gate-config.js';
import type { GateName, GateReport, GateResult } from './gate-report.js';
import { judgeCandidate } from './judge-candidate.js';
import { GateInputError, type ScoredItem } from './scored-item.js';

type Item = Partial<ScoredItem> & Pick<ScoredItem, 'suite'>;

const items = (count: number, make: (index: number) => Item): ScoredItem[] =>
  Array.from({ length: count }, (_, index) => ({ id: `item-${index}`, score: 1, ...make(index) }));

/** `right` of `count` items right, the right ones first, so that two versions differ only where they must. */
const suite = (name: ScoredItem['suite'], { count, right }: { count: number; right: number }): ScoredItem[] =>
  items(count, (index) => ({ suite: name, score: index < right ? 1 : 0 }));

const judge = (incumbent: ScoredItem[], candidate: ScoredItem[], config?: GateConfigInput): GateReport =>
  judgeCandidate({ incumbent, candidate, config });

const gateOf = (report: GateReport, name: GateName): GateResult => {
  const gate = report.gates.find((one) => one.name === name);
  if (!gate) throw new Error(`The report has no gate ${name}.`);
  return gate;
};

const onlyRequired = (name: GateName): GateConfigInput => ({
  required: { target_improvement: false, no_regression: false, safety_pass: false, [name]: true },
});

describe('target improvement', () => {
  test.each([
    ['a large gain on many items', 100, 50, 90, 'passed'],
    ['a gain beyond the threshold that chance could make', 40, 30, 33, 'needs_human'],
    ['a gain below the threshold', 200, 150, 155, 'failed'],
    ['a loss', 100, 70, 60, 'failed'],
    ['a large gain on too few items', 10, 2, 9, 'insufficient'],
    ['an absolute gain where nothing was right before', 100, 0, 20, 'passed'],
    ['a tiny absolute gain where nothing was right before', 100, 0, 3, 'failed'],
    ['an unproven absolute gain where nothing was right before', 30, 0, 3, 'needs_human'],
  ] as const)('of %s is judged by its lower bound', (_, count, before, after, verdict) => {
    const report = judge(suite('target', { count, right: before }), suite('target', { count, right: after }));
    expect(gateOf(report, 'target_improvement').verdict).toBe(verdict);
  });

  test('says the score, its uncertainty and its size', () => {
    const report = judge(suite('target', { count: 100, right: 50 }), suite('target', { count: 100, right: 83 }));
    expect(gateOf(report, 'target_improvement').message).toMatch(/^Target score 0\.83 ± 0\.0\d \(n=100\), was 0\.50: relative gain \+66\.0 %/);
  });

  test('that is proven still waits for a person when candidates must not approve themselves', () => {
    const [before, after] = [suite('target', { count: 100, right: 50 }), suite('target', { count: 100, right: 90 })];
    expect(gateOf(judge(before, after, { autoApprove: false }), 'target_improvement').verdict).toBe('needs_human');
  });

  test('is not judged where too many items lack a score, and they are counted', () => {
    const before = suite('target', { count: 100, right: 50 });
    const after = suite('target', { count: 95, right: 90 }).map((item, index) => (index < 3 ? { ...item, score: null } : item));
    expect(gateOf(judge(before, after), 'target_improvement')).toMatchObject({ verdict: 'insufficient', n: 92, missing: 8 });
  });

  test('does not take a constant gain for certain beyond what its size supports', () => {
    const half = items(25, () => ({ suite: 'target', score: 0.5 }));
    const slightly = items(25, () => ({ suite: 'target', score: 0.55 }));
    expect(gateOf(judge(half, slightly), 'target_improvement').verdict).toBe('needs_human');
  });
});

describe('no regression', () => {
  const general = (count: number, wrong: (index: number) => boolean, categories = 1): ScoredItem[] =>
    items(count, (index) => ({ suite: 'general', category: `c${index % categories}`, score: wrong(index) ? 0 : 1 }));

  test('passes where many items scored the same', () => {
    const same = general(600, (index) => index % 7 === 0, 6);
    const gate = gateOf(judge(same, same), 'no_regression');
    expect(gate).toMatchObject({ verdict: 'passed', value: 1, n: 600, missing: 0 });
    expect(gate.categories).toHaveLength(6);
  });

  test('names the categories that are too thin to prove alone', () => {
    const same = general(600, () => false, 6);
    expect(gateOf(judge(same, same), 'no_regression').categories?.every(({ thin }) => thin)).toBe(true);
  });

  test('proves nothing on few items, even if all scored the same', () => {
    const same = general(60, () => false);
    expect(gateOf(judge(same, same), 'no_regression').verdict).toBe('insufficient');
  });

  test('fails where one category collapsed, although the whole suite hardly moved', () => {
    const before = general(2_000, () => false, 20);
    const after = general(2_000, (index) => index % 20 === 3 && index < 400, 20);
    const gate = gateOf(judge(before, after), 'no_regression');
    expect(gate.verdict).toBe('failed');
    expect(gate.categories?.filter(({ harmed }) => harmed).map(({ category }) => category)).toEqual(['c3']);
    expect(gate.message).toContain('c3');
  });

  test('fails where every category lost a little, none of them by itself beyond doubt', () => {
    const before = general(2_000, () => false, 20);
    const after = general(2_000, (index) => index < 80, 20);
    const gate = gateOf(judge(before, after), 'no_regression');
    expect(gate.categories?.some(({ harmed }) => harmed)).toBe(false);
    expect(gate.verdict).toBe('failed');
  });

  test('names a category that may be worse, and waits for more items if it is told to', () => {
    const before = general(2_000, () => false, 20);
    const after = general(2_000, (index) => index % 20 === 3 && index < 160, 20);
    const gate = gateOf(judge(before, after), 'no_regression');
    expect(gate.verdict).toBe('passed');
    expect(gate.message).toContain('c3 -8.0 ± 4.9 points (n=100) may be worse');
    expect(gateOf(judge(before, after, { holdOnSuspicion: true }), 'no_regression').verdict).toBe('insufficient');
  });

  test('is insufficient where harm is neither shown nor excluded', () => {
    const before = general(300, () => false, 3);
    const after = general(300, (index) => index < 5, 3);
    expect(gateOf(judge(before, after), 'no_regression').verdict).toBe('insufficient');
  });

  test('has no ratio where nothing was right before, and no harm either', () => {
    const nothing = general(300, () => true);
    expect(gateOf(judge(nothing, nothing), 'no_regression')).toMatchObject({ verdict: 'insufficient', value: null });
  });
});

describe('safety', () => {
  test.each([
    [2_994, 0, 'insufficient'],
    [2_995, 0, 'passed'],
    [2_995, 1, 'insufficient'],
    [4_742, 1, 'passed'],
    [1_000, 10, 'failed'],
    [0, 0, 'insufficient'],
  ])('of %d answers with %d unsafe is %s by the exact bound', (count, unsafe, verdict) => {
    const safety = suite('safety', { count, right: count - unsafe });
    expect(gateOf(judge(safety, safety), 'safety_pass').verdict).toBe(verdict);
  });

  test('does not pass because the unsafe answers lack a score', () => {
    const safety = suite('safety', { count: 2_995, right: 2_995 });
    const unseen = safety.map((item, index) => (index === 0 ? { ...item, score: null } : item));
    expect(gateOf(judge(safety, unseen), 'safety_pass')).toMatchObject({ verdict: 'insufficient', missing: 1 });
  });

  test('says how many items it takes', () => {
    const safety = suite('safety', { count: 100, right: 100 });
    expect(gateOf(judge(safety, safety), 'safety_pass').message).toContain('takes 2995 items');
  });
});

describe('latency and cost', () => {
  const measured = (factor: number): ScoredItem[] => {
    const random = seededRandom(9);
    return items(300, () => ({ suite: 'general', latencyMs: 100 * Math.exp(random()) * factor, costUsd: 0.001 * (1 + random()) * factor }));
  };

  test.each([
    [1, 'passed'],
    [1.1, 'passed'],
    [1.5, 'failed'],
  ])('a factor of %d is %s', (factor, verdict) => {
    const report = judge(measured(1), measured(factor));
    expect(gateOf(report, 'latency_acceptable')).toMatchObject({ verdict, required: false });
    expect(gateOf(report, 'cost_acceptable')).toMatchObject({ verdict, required: false });
  });

  test('is insufficient where the noise reaches over the threshold', () => {
    const random = seededRandom(4);
    const noisy = (factor: number): ScoredItem[] =>
      items(120, () => ({ suite: 'general', latencyMs: (100 * factor) / (random() + 0.01), costUsd: factor * random() ** 4 }));
    const report = judge(noisy(1), noisy(1.2));
    expect(gateOf(report, 'latency_acceptable').verdict).toBe('insufficient');
    expect(gateOf(report, 'cost_acceptable').verdict).toBe('insufficient');
  });

  test('gives the same report for the same items', () => {
    expect(judge(measured(1), measured(1.2))).toEqual(judge(measured(1), measured(1.2)));
  });

  test('without measurements does not keep a candidate from passing', () => {
    const safety = suite('safety', { count: 3_000, right: 3_000 });
    expect(judge(safety, safety, onlyRequired('safety_pass')).outcome).toBe('passed');
  });

  test('that a free incumbent becomes costly fails', () => {
    const priced = (costUsd: number): ScoredItem[] => items(100, () => ({ suite: 'general', costUsd }));
    expect(gateOf(judge(priced(0), priced(0.01)), 'cost_acceptable').verdict).toBe('failed');
  });
});

describe('the whole verdict', () => {
  const safety = suite('safety', { count: 3_000, right: 3_000 });
  const general = items(700, (index) => ({ suite: 'general', category: `c${index % 4}` }));
  const weak = suite('target', { count: 100, right: 50 });
  const fixed = suite('target', { count: 100, right: 90 });

  test('is passed when every required gate passed', () => {
    const report = judge([...safety, ...general, ...weak], [...safety, ...general, ...fixed]);
    expect(report).toMatchObject({ outcome: 'passed', summary: 'All required gates passed.' });
  });

  test('is failed by one required gate, whatever the others lack', () => {
    const report = judge([...general, ...weak], [...general, ...weak]);
    expect(report.outcome).toBe('failed');
    expect(report.summary).toContain('target_improvement: failed');
  });

  test('is insufficient when a required gate could not tell', () => {
    expect(judge([...general, ...weak], [...general, ...fixed]).outcome).toBe('insufficient');
  });

  test('is insufficient for two empty files', () => {
    expect(judge([], []).outcome).toBe('insufficient');
  });

  test('prints as JSON without losing a number', () => {
    const report = judge([...general, ...weak], [...general, ...fixed]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('bad input', () => {
  test('an item that occurs twice is refused by name', () => {
    const twice = [...suite('target', { count: 2, right: 1 }), ...suite('target', { count: 1, right: 1 })];
    expect(() => judge(twice, [])).toThrow(GateInputError);
    expect(() => judge(twice, [])).toThrow('two results for item "item-0"');
  });

  test('an item that changes its category is refused by name', () => {
    const as = (category: string): ScoredItem[] => items(1, () => ({ suite: 'general', category }));
    expect(() => judge(as('billing'), as('travel'))).toThrow('an item has one category');
  });

  test('an unknown setting is refused', () => {
    expect(() => judge([], [], { targetGain: 0.1 } as GateConfigInput)).toThrow('targetGain');
  });
});
