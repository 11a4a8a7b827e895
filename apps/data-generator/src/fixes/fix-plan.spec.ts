import { describe, expect, it } from '@jest/globals';
import type { Strategy } from '@ratchet/domain';
import { isPatched, mayPropose, planFix } from './fix-plan.js';
import type { FixWish, FormerFix } from './fix.repository.js';

const wish = (change: Partial<FixWish> = {}): FixWish => ({ opportunityId: 'o', fixType: 'prompt_patch', needsPerson: false, strategy: undefined, heading: null, ...change });
const told = { provider: { name: 'openai', model: 'x' } };
const strategy: Strategy = { strategyId: 's', fixType: 'prompt_patch', summary: 's', patch: { kind: 'prompt_patch', by: 'examples' }, origin: 'shipped' };
const former = (change: Partial<FormerFix> = {}): FormerFix => ({ state: 'failed', baseVersion: 'v1', patchHash: 'h', testCount: 20, ...change });
const next = { baseVersion: 'v1', patchHash: 'h', testCount: 30 };

describe('isPatched', () => {
  it.each([
    ['an intent', wish({ fixType: 'training_examples' }), told, false],
    ['a form, at a model that reads prompts', wish(), told, true],
    ['a form, at a model that reads none', wish(), { provider: { name: 'embedded', model: 'x' } }, false],
    ['a refusal by the filter, whatever the model reads', wish({ fixType: 'safety_threshold' }), { provider: { name: 'embedded', model: 'x' }, safety: { threshold: 0.5 } }, true],
    ['a refusal without a filter', wish({ fixType: 'safety_threshold' }), told, false],
    ['a version that is unknown', wish(), undefined, false],
    ['what a person must decide', wish({ needsPerson: true }), told, true],
  ])('knows %s', (_, one, bundle, patched) => {
    expect(isPatched(one, bundle, ['embedded'])).toBe(patched);
  });
});

describe('planFix', () => {
  it("follows the strategy's recipe, and has one of its own without", () => {
    expect(planFix(wish({ strategy }))?.recipe).toEqual({ kind: 'prompt_patch', by: 'examples' });
    expect(planFix(wish())?.recipe).toEqual({ kind: 'prompt_patch', by: 'rule' });
    expect(planFix(wish({ strategy, fixType: 'knowledge_entries' }))?.recipe).toEqual({ kind: 'knowledge_entries', from: 'agreed' });
  });

  it('waits for a person where one must decide', () => {
    expect(planFix(wish({ needsPerson: true }))).toBeUndefined();
  });
});

describe('mayPropose', () => {
  it.each<[string, FormerFix[], string]>([
    ['nothing was proposed', [], 'yes'],
    ['the same failed', [former()], 'tried_before'],
    ['the same was rolled back', [former({ state: 'rolled_back' })], 'tried_before'],
    ['another failed', [former({ patchHash: 'other' })], 'yes'],
    ['the same failed on another version', [former({ baseVersion: 'v0' })], 'yes'],
    ['another is being judged', [former({ patchHash: 'other', state: 'open' })], 'one_is_open'],
    ['the same had too little evidence, and there is little more', [former({ state: 'insufficient' })], 'tried_before'],
    ['the same had too little evidence, and there is twice as much', [former({ state: 'insufficient', testCount: 15 })], 'yes'],
  ])('where %s', (_, fixes, verdict) => {
    expect(mayPropose(fixes, next)).toBe(verdict);
  });
});
