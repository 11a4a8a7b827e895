import { describe, expect, it } from '@jest/globals';
import { fixTypeSchema, strategyChoiceSchema, strategySchema } from '@ratchet/domain';
import { shippedStrategies } from './catalogue.js';
import { type ChoiceRequest, chooseStrategy, wantsNewStrategy } from './choose-strategy.js';
import { DEFAULT_LEARNING } from './options.js';
import type { FixOutcome } from './beliefs.js';

const DAY_MS = 86_400_000;
const NOW = 1_000 * DAY_MS;
const rich = { hasTeacher: true, corrected: 50, agreeingUsers: 9, agreeingUsersMin: 3 };
const kind = { fixType: 'training_examples' as const, embedding: 'e', centroid: [1, 0, 0] };
const outcome = (strategyId: string, reward: number, parts: Partial<FixOutcome> = {}): FixOutcome => ({ ...kind, strategyId, reward, weight: 1, decidedAtMs: NOW, ...parts });
const many = (n: number, one: FixOutcome): FixOutcome[] => Array.from({ length: n }, () => one);
const request = (parts: Partial<ChoiceRequest> = {}): ChoiceRequest => ({
  kind, known: shippedStrategies, outcomes: [], supply: rich, nowMs: NOW, seed: 'a', options: { ...DEFAULT_LEARNING, exploration: 0 }, ...parts,
});
const chosen = (parts: Partial<ChoiceRequest> = {}): string => chooseStrategy(request(parts)).choice.strategy.strategyId;
const counts = (parts: Partial<ChoiceRequest>, n = 200): Map<string, number> => {
  const tally = new Map<string, number>();
  for (let seed = 0; seed < n; seed += 1) {
    const id = chosen({ ...parts, seed: `${seed}` });
    tally.set(id, (tally.get(id) ?? 0) + 1);
  }
  return tally;
};

describe('chooseStrategy before any outcome', () => {
  it.each(fixTypeSchema.options)('takes the first that applies, in the order of the catalogue: %s', (fixType) => {
    const first = shippedStrategies.find((strategy) => strategy.fixType === fixType);
    const { choice, isNew } = chooseStrategy(request({ kind: { ...kind, fixType } }));
    expect(strategyChoiceSchema.parse(choice)).toMatchObject({ strategy: { strategyId: first?.strategyId }, firstTrial: true, weightedOutcomes: 0 });
    expect(choice.reason).toContain('first of');
    expect(isNew).toBe(false);
  });

  it('leaves out what cannot apply, and says why', () => {
    const { choice, leftOut } = chooseStrategy(request({ supply: { ...rich, hasTeacher: false, agreeingUsers: 2 } }));
    expect(choice.strategy.strategyId).toBe('spread_corrections');
    const reasonOf = (id: string): string | undefined => leftOut.find(({ strategyId }) => strategyId === id)?.reason;
    expect(reasonOf('taught_varied')).toMatch(/teacher/u);
    expect(reasonOf('agreed_corrections')).toMatch(/3 users who agree.*there are 2/u);
    expect(reasonOf('spread_corrections')).toBeUndefined();
  });

  it('waits with the first one where nothing applies yet', () => {
    const { choice } = chooseStrategy(request({ supply: { hasTeacher: false, corrected: 1, agreeingUsers: 1, agreeingUsersMin: 3 } }));
    expect(choice.strategy.strategyId).toBe('spread_corrections');
    expect(choice.reason).toMatch(/waits.*3 corrected failures, and there are 1/u);
  });

  it('refuses a fix type for which no strategy is known', () => {
    expect(() => chooseStrategy(request({ known: [] }))).toThrow(/STRATEGIES_FILE/u);
  });
});

describe('chooseStrategy with a past', () => {
  it('is the same for the same seed and history, and another with another seed', () => {
    const outcomes = many(2, outcome('agreed_corrections', 0.6));
    expect(chosen({ outcomes })).toBe(chosen({ outcomes }));
    expect(counts({ outcomes }).size).toBeGreaterThan(1);
  });

  it('takes what worked on failures like these nearly always, and what failed hardly ever', () => {
    expect(counts({ outcomes: many(5, outcome('agreed_article', 0.95)) }).get('agreed_article')).toBeGreaterThan(180);
    expect(counts({ outcomes: many(5, outcome('spread_corrections', 0)) }).get('spread_corrections') ?? 0).toBeLessThan(5);
  });

  it('learns nothing for one kind of failure from another, nor from another embedding', () => {
    const elsewhere = many(5, outcome('agreed_article', 0, { centroid: [0, 1, 0] }));
    const foreign = many(5, outcome('agreed_article', 0, { embedding: 'other' }));
    expect(chooseStrategy(request({ outcomes: [...elsewhere, ...foreign] })).choice.weightedOutcomes).toBeLessThan(0.01);
    expect(chooseStrategy(request({ outcomes: many(5, outcome('spread_corrections', 0.9)) })).choice.weightedOutcomes).toBeCloseTo(5);
  });

  it('starts on unknown failures with what did best on others', () => {
    const elsewhere = [...many(5, outcome('spread_corrections', 0.05, { centroid: [0, 1, 0] })), ...many(3, outcome('spread_guarded', 0.9, { centroid: [0, 0, 1] }))];
    const { choice } = chooseStrategy(request({ outcomes: elsewhere }));
    expect(choice).toMatchObject({ strategy: { strategyId: 'spread_guarded' }, firstTrial: false });
    expect(choice.reason).toContain('did best on others');
  });

  it('forgets: a success of long ago weighs less than a failure of today', () => {
    const old = many(3, outcome('agreed_article', 1, { decidedAtMs: NOW - 900 * DAY_MS }));
    const expected = (outcomes: FixOutcome[]): number => chooseStrategy(request({ outcomes, known: shippedStrategies.filter(({ strategyId }) => strategyId === 'agreed_article') })).choice.expectedSuccess;
    const fresh = many(3, outcome('agreed_article', 1));
    expect(expected([...fresh, outcome('agreed_article', 0)])).toBeGreaterThan(0.6);
    expect(expected([...old, outcome('agreed_article', 0)])).toBeLessThan(0.2);
  });

  it('counts a share of a cycle as a share, and insufficient ones not at all', () => {
    expect(chooseStrategy(request({ outcomes: many(4, outcome('spread_corrections', 0.9, { weight: 0.25 })) })).choice.weightedOutcomes).toBeCloseTo(1);
  });
});

describe('new strategies', () => {
  const curious = { ...DEFAULT_LEARNING, exploration: 1 };
  const elsewhere = [...many(3, outcome('taught_fast', 0.9, { centroid: [0, 1, 0] })), ...many(3, outcome('spread_corrections', 0.1, { centroid: [0, 1, 0] }))];

  it('are made of parts that did well, of known form, for failures unlike all before', () => {
    const { choice, isNew } = chooseStrategy(request({ outcomes: elsewhere, options: curious }));
    expect(isNew).toBe(true);
    expect(strategySchema.parse(choice.strategy)).toMatchObject({ origin: 'composed', fixType: 'training_examples' });
    expect(choice).toMatchObject({ firstTrial: true, weightedOutcomes: 0 });
    expect(shippedStrategies.map(({ strategyId }) => strategyId)).not.toContain(choice.strategy.strategyId);
  });

  it('prefer the parts that did well', () => {
    const recipes = Array.from({ length: 60 }, (_, seed) => chooseStrategy(request({ outcomes: [...many(6, elsewhere[0] as FixOutcome), ...many(6, elsewhere[3] as FixOutcome)], options: curious, seed: `${seed}` })).choice.strategy);
    const fast = recipes.filter(({ training }) => training?.recipe === 'fast').length;
    const gentle = recipes.filter(({ training }) => training?.recipe === 'gentle').length;
    expect(fast).toBeGreaterThan(3 * gentle);
    // What the teacher answered did well, so users' answers alone are seldom tried.
    expect(recipes.filter(({ data }) => data?.corrections === 'taught').length).toBeGreaterThan(recipes.filter(({ data }) => data?.corrections === 'spread').length);
  });

  it('need no teacher where there is none', () => {
    const { choice } = chooseStrategy(request({ outcomes: elsewhere.map((one) => ({ ...one, strategyId: 'spread_fast' })), options: curious, supply: { ...rich, hasTeacher: false } }));
    expect(choice.strategy).toMatchObject({ origin: 'composed', data: { variations: 0, augmentTo: 0, curriculum: false } });
    expect(choice.strategy.data?.corrections).not.toBe('taught');
  });

  it('are not made before enough outcomes are known, on familiar failures that are served well, nor where all combinations are known', () => {
    expect(wantsNewStrategy(request({ outcomes: elsewhere.slice(0, 2), options: curious }))).toBe(false);
    expect(wantsNewStrategy(request({ outcomes: many(5, outcome('spread_corrections', 0.9)), options: curious }))).toBe(false);
    const prompts = [outcome('format_instruction', 0.5), outcome('format_examples', 0.5), outcome('format_from_teacher', 0.5)].map((one) => ({ ...one, fixType: 'prompt_patch' as const, centroid: [0, 1, 0] }));
    const { choice, isNew } = chooseStrategy(request({ kind: { ...kind, fixType: 'prompt_patch' }, outcomes: prompts, options: curious }));
    expect([isNew, choice.strategy.origin]).toEqual([false, 'shipped']);
  });

  it('are tried where everything disappointed', () => {
    const request_ = request({ outcomes: many(6, outcome('spread_corrections', 0.02)), options: curious });
    expect(wantsNewStrategy(request_)).toBe(true);
    expect(chooseStrategy(request_).choice.reason).toContain('disappointed');
  });

  it('may be a proposal, which is tried as it is', () => {
    const proposed = { ...(shippedStrategies[0] as (typeof shippedStrategies)[number]), strategyId: 'teacher: x', origin: 'teacher' as const };
    const { choice, isNew } = chooseStrategy(request({ outcomes: elsewhere, options: curious }), proposed);
    expect([isNew, choice.strategy.strategyId]).toEqual([true, 'teacher: x']);
  });

  it('come back for other failures once they did well, and not before', () => {
    const composed = chooseStrategy(request({ outcomes: elsewhere, options: curious })).choice.strategy;
    const known = [...shippedStrategies, composed];
    const untried = counts({ known, outcomes: many(1, outcome('spread_corrections', 0.4)) });
    expect(untried.get(composed.strategyId)).toBeUndefined();
    const good = many(4, outcome(composed.strategyId, 0.95, { centroid: [0, 0, 1] }));
    expect(chosen({ known, outcomes: good })).toBe(composed.strategyId);
  });
});
