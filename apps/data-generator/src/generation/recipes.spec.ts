import { describe, expect, it } from '@jest/globals';
import type { Strategy } from '@ratchet/domain';
import { loadConfig } from '../config.js';
import type { OpenOpportunity } from '../persistence/opportunity.repository.js';
import { groupByTraining, recipeOf, spreads, trainingOf } from './recipes.js';
import { whyWaiting } from './why-waiting.js';

const env = { KAFKA_BROKERS: 'localhost:9092', DATABASE_URL: 'postgres://localhost/ratchet' };
const config = loadConfig(env);
const strategy = (training: Strategy['training'], data: Partial<Strategy['data']> = {}): Strategy => ({
  strategyId: 's', fixType: 'training_examples', summary: 'examples', origin: 'shipped', training, data: { corrections: 'agreed', variations: 0, augmentTo: 0, curriculum: false, ...data },
});
const opportunity = (opportunityId: string, own: Strategy | null): OpenOpportunity => ({
  opportunityId, priority: 1, rootCauseReason: '', analysisId: 'a', failuresAnalyzed: 1, representativeIds: [], interactionIds: [], commonPatterns: [], clusterId: null, rootCause: null, fixType: null, strategy: own,
});

describe('recipeOf', () => {
  it('follows the strategy before the configuration', () => {
    const own = strategy({ recipe: 'gentle' }, { corrections: 'taught', variations: 7 });
    expect(recipeOf(opportunity('o', own), config)).toEqual(own.data);
    expect(recipeOf(opportunity('o', null), config)).toEqual({ corrections: 'spread', variations: 3, augmentTo: 0, curriculum: false });
    expect(recipeOf(opportunity('o', null), loadConfig({ ...env, SPREAD_CORRECTIONS: 'false', AUGMENT_TO: '50' }))).toMatchObject({ corrections: 'agreed', augmentTo: 50 });
  });

  it('spreads corrections where either says so', () => {
    expect([strategy({ recipe: 'fast' }), strategy({ recipe: 'fast' }, { corrections: 'spread' }), null].map((own) => spreads({ strategy: own }, config))).toEqual([false, true, true]);
  });
});

describe('groupByTraining', () => {
  it('trains together only what is trained alike', () => {
    const groups = groupByTraining([
      opportunity('a', strategy({ recipe: 'gentle' })), opportunity('b', null), opportunity('c', strategy({ recipe: 'gentle' })),
      opportunity('d', strategy({ recipe: 'gentle' }, { curriculum: true })), opportunity('e', strategy({ recipe: 'gentle', retentionRatio: 4 })),
    ]);
    expect(groups.map(({ opportunities }) => opportunities.map(({ opportunityId }) => opportunityId).join(''))).toEqual(['b', 'e', 'ac', 'd']);
    expect(trainingOf(opportunity('e', strategy({ recipe: 'gentle', retentionRatio: 4 })))).toEqual({ recipe: 'gentle', retentionRatio: 4, curriculum: false });
    expect(groups[0]?.training).toBeUndefined();
  });
});

describe('whyWaiting', () => {
  const stop = { code: 'month_budget' as const, message: 'used up' };
  it.each([
    ['the teacher before all else', { stop, hasTeacher: true, issued: 5, waiting: 5 }, 'month_budget'],
    ['nothing where examples came', { stop: undefined, hasTeacher: false, issued: 1, waiting: 5 }, undefined],
    ['reviewers where examples wait', { stop: undefined, hasTeacher: false, issued: 0, waiting: 5 }, 'reviewers'],
    ['corrections where there is neither', { stop: undefined, hasTeacher: false, issued: 0, waiting: 0 }, 'corrections'],
    ['nothing where a teacher found nothing to do', { stop: undefined, hasTeacher: true, issued: 0, waiting: 0 }, undefined],
  ])('names %s', (_what, state, code) => {
    expect(whyWaiting(state)?.code).toBe(code);
  });
});
