import { describe, expect, test } from '@jest/globals';

import type { GateName, GateResult } from './gate-report.js';
import { judgeCandidate } from './judge-candidate.js';
import { GateInputError, type ScoredItem } from './scored-item.js';

// The goal: what is not there never helps a candidate, and what cannot be read is named.
const items = (count: number, make: (index: number) => Partial<ScoredItem>): ScoredItem[] =>
  Array.from({ length: count }, (_, index) => ({ id: `item-${index}`, suite: 'general', score: 1, ...make(index) }));

const gateOf = (name: GateName, incumbent: readonly ScoredItem[], candidate: readonly ScoredItem[]): GateResult => {
  const gate = judgeCandidate({ incumbent, candidate }).gates.find((one) => one.name === name);
  if (!gate) throw new Error(`The report has no gate ${name}.`);
  return gate;
};

const unscored = (list: readonly ScoredItem[], isMissing: (index: number) => boolean): ScoredItem[] =>
  list.map((item, index) => (isMissing(index) ? { ...item, score: null } : item));

describe('a score that is missing', () => {
  const target = (right: number): ScoredItem[] => items(100, (index) => ({ suite: 'target', score: index < right ? 1 : 0 }));

  test('counts against a target gain that is hardly proven, whoever it is missing for', () => {
    expect(gateOf('target_improvement', target(50), target(58)).verdict).toBe('passed');
    const [old, current] = [target(50), target(58)];
    for (const [incumbent, candidate] of [
      [old, unscored(current, (index) => index < 2)],
      [unscored(old, (index) => index >= 98), current],
      [old, current.slice(2)],
    ] as const) {
      expect(gateOf('target_improvement', incumbent, candidate)).toMatchObject({ verdict: 'needs_human', n: 98, missing: 2 });
    }
  });

  test('does not undo a gain that stands without it', () => {
    expect(gateOf('target_improvement', target(50), unscored(target(90), (index) => index >= 98)).verdict).toBe('passed');
  });

  test('beyond the limit leaves a suite unjudged, even if it is missing for both versions', () => {
    const both = unscored(target(50), (index) => index >= 97);
    expect(gateOf('target_improvement', both, unscored(target(90), (index) => index >= 97)).verdict).toBe('insufficient');
  });

  const general = (wrong: (index: number) => boolean, count = 4_000): ScoredItem[] => items(count, (index) => ({ category: `c${index % 20}`, score: wrong(index) ? 0 : 1 }));
  const same = general((index) => index % 9 === 0);

  test('does not hide that a small category was lost', () => {
    const rare = (score: number | null): ScoredItem[] => [...same, ...items(40, (index) => ({ id: `rare-${index}`, category: 'rare', score }))];
    expect(gateOf('no_regression', rare(1), rare(0)).verdict).toBe('failed');
    const gate = gateOf('no_regression', rare(1), rare(null));
    expect(gate).toMatchObject({ verdict: 'insufficient', missing: 40 });
    expect(gate.message).toContain('what lacks a score could hide a loss of more than 2.0 % in rare');
  });

  test('does not hide a category that neither version was scored on', () => {
    const rare: ScoredItem[] = [...same, ...items(5, (index) => ({ id: `rare-${index}`, category: 'rare', score: null }))];
    expect(gateOf('no_regression', rare, rare).message).toContain('no item has a score in rare');
    expect(gateOf('no_regression', rare, rare).verdict).toBe('insufficient');
  });

  test('does not keep a large suite from passing for a few provider faults', () => {
    expect(gateOf('no_regression', same, unscored(same, (index) => index % 400 === 0))).toMatchObject({ verdict: 'passed', missing: 10 });
  });

  test('does not make a candidate fail', () => {
    const small = general(() => false, 400);
    expect(gateOf('no_regression', small, unscored(small, (index) => index < 100)).verdict).toBe('insufficient');
  });
});

describe('a measurement that is missing', () => {
  const measured = (count: number, make: (index: number) => Partial<ScoredItem> = () => ({})): ScoredItem[] =>
    items(count, (index) => ({ latencyMs: 100 + (index % 50), costUsd: 0.001, ...make(index) }));
  const absent = (list: readonly ScoredItem[], isMissing: (index: number) => boolean): ScoredItem[] =>
    list.map(({ latencyMs, costUsd, ...item }, index) => (isMissing(index) ? item : { ...item, ...(latencyMs !== undefined && { latencyMs }), ...(costUsd !== undefined && { costUsd }) }));

  test.each(['latency_acceptable', 'cost_acceptable'] as const)('for the candidate alone keeps %s from passing beyond the limit', (name) => {
    const list = measured(500);
    expect(gateOf(name, list, absent(list, (index) => index < 5))).toMatchObject({ verdict: 'passed', missing: 5, n: 495 });
    expect(gateOf(name, list, absent(list, (index) => index < 25))).toMatchObject({ verdict: 'insufficient', missing: 25 });
  });

  test('for both versions is none: an item that was not measured says nothing', () => {
    const list = absent(measured(500), (index) => index < 250);
    expect(gateOf('latency_acceptable', list, list)).toMatchObject({ verdict: 'passed', missing: 0, n: 250 });
  });

  test('counts as slower than any other', () => {
    const list = measured(500, (index) => ({ latencyMs: index % 50 === 0 ? 1_000 : 100 }));
    const old = list.map((item) => ({ ...item, latencyMs: 100 }));
    expect(gateOf('latency_acceptable', old, list).verdict).toBe('passed');
    expect(gateOf('latency_acceptable', old, absent(list, (index) => index % 50 === 1)).verdict).toBe('insufficient');
  });

  test('of all costs but a few small ones leaves the ratio unproven and every number finite', () => {
    const free = measured(100, (index) => ({ costUsd: index === 0 ? 0.001 : 0 }));
    const gate = gateOf('cost_acceptable', free, measured(100));
    expect(gate).toMatchObject({ verdict: 'insufficient', halfWidth: null });
    expect(JSON.parse(JSON.stringify(gate))).toEqual(gate);
  });
});

describe('evidence that nobody expects', () => {
  test.each([
    ['a score that is no number', { score: NaN }],
    ['a score above one', { score: 1.01 }],
    ['a negative score', { score: -0.01 }],
    ['an endless latency', { latencyMs: Infinity }],
    ['a negative cost', { costUsd: -1 }],
    ['an unknown suite', { suite: 'all' as 'general' }],
  ])('%s is refused by the name of its item', (_, broken) => {
    const list = items(3, (index) => (index === 1 ? broken : {}));
    expect(() => judgeCandidate({ incumbent: items(3, () => ({})), candidate: list })).toThrow(GateInputError);
    expect(() => judgeCandidate({ incumbent: list, candidate: [] })).toThrow('The incumbent has an item "item-1" that cannot be judged');
  });

  test('items that only one side has are missing, not judged', () => {
    const [ours, theirs] = [items(100, () => ({})), items(100, (index) => ({ id: `other-${index}` }))];
    expect(gateOf('no_regression', ours, theirs)).toMatchObject({ verdict: 'insufficient', n: 0, missing: 200 });
  });

  test('scores that are all the same half prove that nothing was lost, on enough items', () => {
    expect(gateOf('no_regression', items(600, () => ({ score: 0.5 })), items(600, () => ({ score: 0.5 }))).verdict).toBe('passed');
    expect(gateOf('no_regression', items(100, () => ({ score: 0.5 })), items(100, () => ({ score: 0.5 }))).verdict).toBe('insufficient');
  });

  test('names from a user are no keys of an object', () => {
    const list = items(600, (index) => ({ id: index === 0 ? '__proto__' : `constructor${index}`, category: index % 2 === 0 ? '__proto__' : 'toString' }));
    expect(gateOf('no_regression', list, list).categories?.map(({ category, n }) => [category, n])).toEqual(
      expect.arrayContaining([['__proto__', 300], ['toString', 300]]),
    );
  });

  test('twelve thousand items with scores of their own are judged', () => {
    const list = items(12_000, (index) => ({ category: `c${index % 100}`, score: (index % 9_973) / 9_972, latencyMs: index % 97 }));
    expect(gateOf('no_regression', list, list)).toMatchObject({ verdict: 'passed', n: 12_000 });
  });

  test('every number of every report is finite', () => {
    const lists = [items(1, () => ({ score: 0 })), items(2, () => ({})), items(300, (index) => ({ suite: 'target', score: index === 0 ? 1 : 0, latencyMs: 0, costUsd: 0 })), []];
    for (const incumbent of lists) {
      for (const candidate of lists) {
        const report = judgeCandidate({ incumbent, candidate });
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
      }
    }
  });
});
