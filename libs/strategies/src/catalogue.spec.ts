import { describe, expect, it } from '@jest/globals';
import { fixTypeSchema, strategySchema } from '@ratchet/domain';
import { mergeStrategies, readStrategies, shippedStrategies, strategiesFor, StrategyFileError } from './catalogue.js';
import { contentOf } from './parts.js';

const own = { strategyId: 'ours', fixType: 'safety_threshold', summary: 'Raised by a little.', patch: { kind: 'safety_threshold', step: 0.03 } };

describe('shippedStrategies', () => {
  it('are valid, each with an id and a content of its own', () => {
    for (const strategy of shippedStrategies) expect(strategySchema.parse(strategy)).toEqual(strategy);
    expect(new Set(shippedStrategies.map(({ strategyId }) => strategyId)).size).toBe(shippedStrategies.length);
    expect(new Set(shippedStrategies.map(contentOf)).size).toBe(shippedStrategies.length);
  });

  it('are fourteen or more for training, in different data and training recipes, and two or more for every other fix', () => {
    const training = strategiesFor(shippedStrategies, 'training_examples');
    expect(training.length).toBeGreaterThanOrEqual(14);
    expect(new Set(training.map((strategy) => strategy.data?.corrections))).toEqual(new Set(['agreed', 'spread', 'taught']));
    expect(new Set(training.map((strategy) => strategy.training?.recipe))).toEqual(new Set(['article', 'gentle', 'fast', 'full']));
    expect(new Set(training.map((strategy) => strategy.training?.retentionRatio))).toEqual(new Set([undefined, 1, 2, 4]));
    for (const fixType of fixTypeSchema.options) expect(strategiesFor(shippedStrategies, fixType).length).toBeGreaterThanOrEqual(2);
  });
});

describe('readStrategies', () => {
  it('reads rows in the form of the shipped file', () => {
    expect(readStrategies(JSON.stringify([own]), 'own.json')).toEqual([{ ...own, origin: 'shipped' }]);
  });

  it.each([
    ['no JSON', '[', /own\.json is not JSON/u],
    ['no array', '{}', /the file/u],
    ['a patch of another kind', JSON.stringify([{ ...own, fixType: 'prompt_patch' }]), /own\.json.*0: training_examples needs/u],
    ['a step beyond its limits', JSON.stringify([{ ...own, patch: { kind: 'safety_threshold', step: 2 } }]), /0\.patch\.step/u],
    ['an id that comes twice', JSON.stringify([own, own]), /"ours" twice/u],
  ])('refuses %s, and says where', (_what, text, message) => {
    expect(() => readStrategies(text, 'own.json')).toThrow(StrategyFileError);
    expect(() => readStrategies(text, 'own.json')).toThrow(message);
  });
});

describe('mergeStrategies', () => {
  it('puts a team\'s own first, and lets them replace a shipped one of the same id or the same content', () => {
    const [first] = strategiesFor(shippedStrategies, 'training_examples');
    const renamed = { ...(first ?? shippedStrategies[0]), strategyId: 'renamed' } as (typeof shippedStrategies)[number];
    const changed = readStrategies(JSON.stringify([{ ...own, strategyId: 'raise_threshold_one_step' }]), 'own.json');
    const merged = mergeStrategies([renamed], changed, shippedStrategies);
    expect(merged).toHaveLength(shippedStrategies.length);
    expect(merged[0]?.strategyId).toBe('renamed');
    expect(merged.find(({ strategyId }) => strategyId === first?.strategyId)).toBeUndefined();
    expect(merged.find(({ strategyId }) => strategyId === 'raise_threshold_one_step')?.patch).toEqual({ kind: 'safety_threshold', step: 0.03 });
  });
});
