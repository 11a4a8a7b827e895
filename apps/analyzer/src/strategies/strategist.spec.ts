import { describe, expect, it } from '@jest/globals';
import { opportunityRanked } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { InMemoryTeacherClient } from '@ratchet/providers';
import { shippedStrategies, type FixOutcome } from '@ratchet/strategies';
import { Strategist, type PlanRequest, type StrategistOptions } from './strategist.js';
import { TeacherProposer } from './teacher-proposer.js';
import type { Failure } from '../analysis/failure.js';
import type { Opportunity } from '../analysis/rank-opportunities.js';
import type { StoredChoice } from '../persistence/strategy.repository.js';

const failures = Array.from({ length: 6 }, (_, i): Failure => ({
  interactionId: `i${i}`, conversationId: `c${i}`, userId: `u${i}`, version: 'v1', query: 'where is my invoice', response: 'Hm.', severity: 0.5, signals: [], reasons: [], comments: [], correction: 'In the mail.',
}));
const opportunity = (opportunityId: string, parts: Partial<Opportunity['data']> = {}): Opportunity => ({
  centroid: [1, 0],
  memberIds: failures.map(({ interactionId }) => interactionId),
  data: {
    opportunityId, clusterId: 'k', model: 'm', workload: 'w', version: 'v1', size: 6, affectedUsers: 6, severity: 0.5, estimatedEffort: 1, regressionRisk: 0.2, priority: 1, rank: 1, rootCause: 'intent_misunderstood', rootCauseConfidence: 0.9,
    rootCauseReason: 'r', fixType: 'training_examples', suggestedFix: 's', commonPatterns: ['invoice'], representatives: [{ interactionId: 'i0', query: 'where is my invoice', response: 'Hm.' }], interactionIds: ['i0'], analysisId: 'a1', failuresAnalyzed: 6, rankedAt: '2026-06-01T00:00:00.000Z', ...parts,
  },
});
const outcome = (strategyId: string, reward: number, centroid = [1, 0]): FixOutcome => ({ strategyId, reward, centroid, fixType: 'training_examples', embedding: 'e', weight: 1, decidedAtMs: Date.parse('2026-05-31T00:00:00Z') });
const request = (parts: Partial<PlanRequest> = {}): PlanRequest => ({ ranked: [opportunity('o1')], failures, embedding: 'e', outcomes: [], made: [], choices: new Map(), ...parts });
const strategist = (parts: Partial<StrategistOptions> = {}): Strategist =>
  new Strategist({ catalogue: shippedStrategies, proposer: undefined, agreeingUsersMin: 3, halfLifeMs: 90 * 86_400_000, exploration: 0, logger: Logger.silent(), ...parts });
const stored = (strategyId: string, parts: Partial<StoredChoice> = {}): ReadonlyMap<string, StoredChoice> => {
  const strategy = shippedStrategies.find((one) => one.strategyId === strategyId) ?? (shippedStrategies[0] as (typeof shippedStrategies)[number]);
  return new Map([['o1', { opportunityId: 'o1', isDecided: false, isUnderWay: false, choice: { strategy, firstTrial: true, weightedOutcomes: 0, expectedSuccess: 0.4, reason: 'chosen before' }, ...parts }]]);
};
const elsewhere = Array.from({ length: 4 }, () => outcome('spread_fast', 0.8, [0, 1]));

describe('Strategist', () => {
  it('fills in strategy and choice, valid as an event, and draws the same for the same analysis', async () => {
    const past = request({ outcomes: [outcome('spread_corrections', 0.5), outcome('spread_guarded', 0.6)] });
    const [first] = (await strategist().plan(past)).opportunities;
    const data = opportunityRanked.schema.parse(first?.data);
    expect(data.strategy).toBe(data.strategyChoice?.strategy.strategyId);
    expect((await strategist().plan(past)).opportunities[0]?.data).toEqual(first?.data);
  });

  it('keeps the strategy of an opportunity until its outcome has come, whatever is learned elsewhere meanwhile', async () => {
    const outcomes = Array.from({ length: 6 }, () => outcome('spread_fast', 1));
    const [kept] = (await strategist().plan(request({ outcomes, choices: stored('agreed_corrections') }))).opportunities;
    expect(kept).toMatchObject({ isKept: true, data: { strategy: 'agreed_corrections', strategyChoice: { reason: 'chosen before' } } });
    const [again] = (await strategist().plan(request({ outcomes, choices: stored('agreed_corrections', { isDecided: true }) }))).opportunities;
    expect(again).toMatchObject({ isKept: false, data: { strategy: 'spread_fast' } });
  });

  it('chooses again when the type of fix changed, or when it cannot apply and nothing was made with it', async () => {
    const planOf = async (choices: PlanRequest['choices']): Promise<boolean | undefined> => (await strategist().plan(request({ choices }))).opportunities[0]?.isKept;
    expect(await planOf(stored('format_instruction'))).toBe(false);
    expect(await planOf(stored('taught_varied'))).toBe(false);
    expect(await planOf(stored('taught_varied', { isUnderWay: true }))).toBe(true);
  });

  it('leaves out strategies of a teacher that is not there, and uses it where it is', async () => {
    const ranked = [opportunity('o1')];
    const uncorrected = failures.map(({ correction: _correction, ...failure }) => failure);
    const [waiting] = (await strategist().plan(request({ ranked, failures: uncorrected }))).opportunities;
    expect(waiting?.data.strategyChoice.reason).toContain('waits');
    const proposer = new TeacherProposer(new InMemoryTeacherClient(() => ({})), 1_000);
    const [taught] = (await strategist({ proposer }).plan(request({ ranked, failures: uncorrected }))).opportunities;
    expect(taught?.data.strategy).toBe('taught_varied');
  });

  it('puts one new strategy together an analysis, for the most urgent of unknown failures', async () => {
    const { opportunities, made } = await strategist({ exploration: 1 }).plan(request({ ranked: [opportunity('o1'), opportunity('o2')], outcomes: elsewhere }));
    expect(made).toMatchObject([{ origin: 'composed' }]);
    expect(opportunities.map(({ data }) => data.strategy)).toEqual([made[0]?.strategyId, 'spread_fast']);
  });

  it('lets opportunities that are alike choose alike, so that they can be trained together', async () => {
    const outcomes = [outcome('spread_corrections', 0.5), outcome('spread_guarded', 0.55), outcome('spread_fast', 0.45)];
    const chosen = new Set<string>();
    for (let i = 0; i < 30; i += 1) {
      const ranked = ['o1', 'o2', 'o3'].map((id) => opportunity(id, { analysisId: `a${i}` }));
      const strategies = (await strategist().plan(request({ ranked, outcomes }))).opportunities.map(({ data }) => data.strategy);
      expect(new Set(strategies).size).toBe(1);
      chosen.add(strategies[0] ?? '');
    }
    expect(chosen.size).toBeGreaterThan(1);
  });
});

describe('Strategist with a teacher', () => {
  const proposal = { summary: 'Many wordings.', data: { corrections: 'taught', variations: 9, augmentTo: 0, curriculum: false }, training: { recipe: 'gentle', retentionRatio: 3 } };
  const plan = (client: InMemoryTeacherClient, ranked = [opportunity('o1'), opportunity('o2')]) =>
    strategist({ exploration: 1, proposer: new TeacherProposer(client, 1_000) }).plan(request({ ranked, outcomes: elsewhere }));

  it('asks it once an analysis, tells it what is known, and tries what it proposes', async () => {
    const client = new InMemoryTeacherClient(() => proposal);
    const { made } = await plan(client);
    expect(made[0]).toMatchObject({ origin: 'teacher', summary: 'Many wordings.', training: { recipe: 'gentle', retentionRatio: 3 } });
    expect(made).toHaveLength(1);
    expect(client.requests).toHaveLength(1);
    expect(client.requests[0]?.input).toContain('spread_guarded');
    expect(client.requests[0]?.input).toContain('where is my invoice');
    expect(client.requests[0]?.input).not.toContain('raise_threshold');
  });

  it.each([
    ['what it proposes is known', () => ({ ...proposal, data: shippedStrategies[0]?.data, training: shippedStrategies[0]?.training })],
    ['it proposes a fix of another type', () => ({ summary: 'x', patch: { kind: 'prompt_patch', by: 'rule' } })],
    ['its answer has no form', () => 'nonsense'],
  ])('puts one together where %s', async (_what, answer) => {
    const { made } = await plan(new InMemoryTeacherClient(answer), [opportunity('o1')]);
    expect(made.map(({ origin }) => origin)).toEqual(['composed']);
  });
});
