// What a cycle's events teach of its strategies, in whatever order they come, against a real PostgreSQL.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { Logger } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { shippedStrategies } from '@ratchet/strategies';
import { createTestDatabase } from '@ratchet/testing';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateJudged, Strategy } from '@ratchet/domain';
import type { TestDatabase } from '@ratchet/testing';
import { migrations } from '../persistence/migrations.js';
import { saveOpportunity } from '../persistence/opportunity.repository.js';
import { loadFixOutcomes, loadOutcomes } from '../persistence/outcome.repository.js';
import { loadChoices, loadMadeStrategies, saveChoice, saveStrategy } from '../persistence/strategy.repository.js';
import { CyclesHandlers } from './cycles.handlers.js';
import { PromotionsHandlers } from './promotions.handlers.js';

const target = { model: 'assistant', workload: 'default' };
const strategy = (id: string): Strategy => shippedStrategies.find(({ strategyId }) => strategyId === id) as Strategy;
const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: '2026-06-01T00:00:00Z', data });
const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const evidence = { candidate: counts, control: counts, tests: [], formulaVersion: '1' };
const cycles = new CyclesHandlers();
const promotions = new PromotionsHandlers(Logger.silent());
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await createTestDatabase('analyzer');
  database = new Database({ url: server.url, service: 'analyzer', migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: 'analyzer', logger: Logger.silent() });
});
afterAll(async () => {
  await database?.stop();
  await server.drop();
});
beforeEach(async () => {
  await database.query('truncate targets, retired_versions, opportunities, strategies, strategy_choices, fix_works, fix_cycles');
  await opportunity('o1', [1, 0], 'spread_corrections');
  await opportunity('o2', [0, 1], 'agreed_corrections');
});

const opportunity = (opportunityId: string, centroid: number[], chosen: string): Promise<void> =>
  database.transaction(async (tx) => {
    await saveOpportunity(tx, { ...target, opportunityId, fixType: 'training_examples', strategy: chosen, priority: 1, size: 9, embedding: 'e', centroid, analysisId: 'a1' });
    const choice = { strategy: strategy(chosen), firstTrial: true, weightedOutcomes: 0, expectedSuccess: 0.4, reason: 'r' };
    await saveChoice(tx, { opportunityId, choice, rootCause: 'intent_misunderstood', size: 9, chosenAt: '2026-06-01T00:00:00Z', isKept: false });
  });

const dataset = (datasetId: string, strategies: Record<string, string> | undefined, costUsd?: number) => () =>
  database.transaction((tx) =>
    cycles.onDataset(
      event({
        ...target, datasetId, purpose: 'training' as const, trainCount: 9, testCount: 2, contentHash: 'h', opportunityIds: Object.keys(strategies ?? { o1: '' }), failuresAnalyzed: 9, rejected: [], highPriority: false, versionedAt: '2026-06-02T00:00:00Z',
        ...(strategies && { strategies: Object.entries(strategies).map(([opportunityId, id]) => ({ opportunityId, strategy: strategy(id) })) }), ...(costUsd !== undefined && { costUsd }),
      }),
      tx,
    ),
  );
const cycleFields = (cycleId: string, datasetIds: string[], opportunityIds: string[]) => ({ ...target, cycleId, trainingRunId: 'r', baseVersion: 'v1', datasetIds, opportunityIds, trainingConfig: { recipe: 'gentle' } });
const started = (cycleId: string, datasetIds: string[], opportunityIds: string[]) => () =>
  database.transaction((tx) => cycles.onStarted(event({ ...cycleFields(cycleId, datasetIds, opportunityIds), trigger: 'command' as const, triggerReason: '', failuresAnalyzed: 9, exampleCount: 9, startedAt: '2026-06-03T00:00:00Z' }), tx));
const registered = (cycleId: string, datasetIds: string[], opportunityIds: string[], trainingSeconds: number) => () =>
  database.transaction((tx) => cycles.onRegistered(event({ ...cycleFields(cycleId, datasetIds, opportunityIds), version: 'v2', trainingSeconds, registeredAt: '2026-06-03T01:00:00Z' }), tx));
const judged = (cycleId: string, outcome: CandidateJudged['outcome'], { gain = 0.3, harmed = [] as string[] } = {}) => () => {
  const gate = { required: true, verdict: 'passed' as const, halfWidth: 0.01, n: 100, threshold: 0.05, message: '' };
  const categories = ['billing', 'travel'].map((category) => ({ category, n: 50, old: 0.9, new: 0.9, difference: 0, halfWidth: 0.01, harmed: harmed.includes(category), thin: false }));
  const gates = [{ ...gate, name: 'target_improvement' as const, value: gain }, { ...gate, name: 'no_regression' as const, value: 0, categories }];
  return database.transaction((tx) => promotions.onJudged(event({ ...target, cycleId, version: 'v2', baseVersion: 'v1', outcome, gates, message: '', judgedAt: '2026-06-04T00:00:00Z' }), tx));
};
const transition = (cycleId: string) => ({ ...target, rolloutId: 'ro', cycleId, version: 'v2', previousVersion: 'v1', actor: 'policy', reason: '', evidence });
const promoted = (cycleId: string, datasetIds: string[], opportunityIds: string[]) => () =>
  database.transaction((tx) => promotions.onPromoted(event({ ...transition(cycleId), datasetIds, opportunityIds, promotedAt: '2026-06-05T00:00:00Z' }), tx));
const rolledBack = (cycleId: string) => () => database.transaction((tx) => promotions.onRolledBack(event({ ...transition(cycleId), stage: 2, metric: 'failure_rate', rolledBackAt: '2026-06-06T00:00:00Z' }), tx));
const advanced = (cycleId: string, to: string, actor = 'policy') => () =>
  database.transaction((tx) => cycles.onAdvanced(event({ ...transition(cycleId), actor, sequence: 1, from: 'DRAFT', to, stage: 0, share: 0, advancedAt: '2026-06-05T00:00:00Z' }), tx));
const inOrder = async (...steps: (() => Promise<void>)[]): Promise<void> => {
  for (const step of steps) await step();
};

describe('the outcome of a cycle', () => {
  const life = [dataset('d1', { o1: 'taught_fast' }, 5), started('c1', ['d1'], ['o1']), registered('c1', ['d1'], ['o1'], 1_800), judged('c1', 'passed'), promoted('c1', ['d1'], ['o1'])];

  it('counts for the strategy that was used, not for the one that the opportunity names', async () => {
    await inOrder(...life);
    const [outcome, ...others] = await loadOutcomes(database);
    expect(others).toEqual([]);
    // promoted, full gain, 5 of 10 USD, half an hour of an hour.
    expect(outcome).toMatchObject({ strategyId: 'taught_fast', fixType: 'training_examples', embedding: 'e', centroid: Float32Array.of(1, 0), weight: 1, decidedAtMs: Date.parse('2026-06-05T00:00:00Z') });
    expect(outcome?.reward).toBeCloseTo(0.6 + 0.25 + 0.1 * (10 / 15) + 0.05 * (3_600 / 5_400));
    expect(await loadFixOutcomes(database)).toEqual(new Map([['training_examples', { succeeded: 1, failed: 0 }]]));
  });

  it('is the same in whatever order the topics are read, and however often', async () => {
    await inOrder(...life);
    const expected = await loadOutcomes(database);
    for (const order of [[...life].reverse(), [...life, ...life], [life[3], life[1], life[4], life[0], life[2], life[3]]]) {
      await database.query('truncate fix_works, fix_cycles');
      await inOrder(...(order as typeof life));
      expect(await loadOutcomes(database)).toEqual(expected);
    }
  });

  it('falls back on the chosen strategy where a dataset does not tell, and knows nothing of strange opportunities', async () => {
    await inOrder(dataset('d1', undefined), dataset('d2', { unknown: 'taught_fast' }), started('c1', ['d1', 'd2'], ['o1', 'unknown']), judged('c1', 'failed'));
    expect((await loadOutcomes(database)).map(({ strategyId }) => strategyId)).toEqual(['spread_corrections']);
  });

  it('is shared by the opportunities of the cycle; only those, though others are open', async () => {
    await opportunity('o3', [1, 1], 'spread_fast');
    await inOrder(dataset('d1', { o1: 'spread_corrections', o2: 'spread_corrections' }, 4), started('c1', ['d1'], ['o1', 'o2']), judged('c1', 'failed', { gain: 0.1, harmed: ['billing'] }));
    const outcomes = await loadOutcomes(database);
    expect(outcomes.map(({ strategyId, weight, centroid }) => [strategyId, weight ** 2, Array.from(centroid)])).toEqual([['spread_corrections', expect.closeTo(0.5), [1, 0]], ['spread_corrections', expect.closeTo(0.5), [0, 1]]]);
    // Half the wanted gain, one of two categories harmed.
    for (const { reward } of outcomes) expect(reward).toBeCloseTo(0.2 * 0.5 * 0.5);
  });

  it.each([
    ['insufficient', [judged('c1', 'insufficient')]],
    ['superseded by the verdict', [judged('c1', 'superseded')]],
    ['superseded in the rollout', [judged('c1', 'passed'), advanced('c1', 'SUPERSEDED')]],
    ['nobody decided in time', [judged('c1', 'insufficient'), advanced('c1', 'CANCELLED')]],
    ['still in its rollout', [judged('c1', 'passed'), advanced('c1', 'RUNNING')]],
    ['training failed', [() => database.transaction((tx) => cycles.onTrainingFailed(event({ ...cycleFields('c1', [], []), reason: '', failedAt: '2026-06-04T00:00:00Z' }), tx))]],
  ])('says nothing of the fix, but its cost is remembered for the next: %s', async (_what, steps) => {
    await inOrder(dataset('d1', { o1: 'taught_fast' }, 5), started('c1', ['d1'], ['o1']), ...steps);
    expect(await loadOutcomes(database)).toEqual([]);
    expect(await loadFixOutcomes(database)).toEqual(new Map());
    // The same data in the next cycle: what it cost once is part of what that cycle cost.
    await inOrder(started('c2', ['d1'], ['o1']), registered('c2', ['d1'], ['o1'], 0), promoted('c2', ['d1'], ['o1']), judged('c2', 'passed'));
    expect((await loadOutcomes(database)).map(({ reward }) => reward)).toEqual([expect.closeTo(0.6 + 0.25 + 0.1 * (10 / 15) + 0.05)]);
  });

  it.each([
    ['rolled back after its promotion', [rolledBack('c1')]],
    ['rolled back, while an older verdict is read late', [rolledBack('c1'), judged('c1', 'insufficient')]],
  ])('is a failure when %s', async (_what, more) => {
    await inOrder(...life, ...more);
    expect((await loadOutcomes(database)).map(({ reward }) => reward)).toEqual([0]);
    expect(await loadFixOutcomes(database)).toEqual(new Map([['training_examples', { succeeded: 0, failed: 1 }]]));
  });

  it('is a failure when a person rejects the candidate before it has traffic, and a success when one approves what the gates could not prove', async () => {
    await inOrder(dataset('d1', { o1: 'taught_fast' }), started('c1', ['d1'], ['o1']), judged('c1', 'insufficient'), advanced('c1', 'CANCELLED', 'human:ann'));
    expect((await loadOutcomes(database)).map(({ reward }) => reward)).toEqual([0]);
    await inOrder(promoted('c1', ['d1'], ['o1']));
    expect((await loadOutcomes(database))[0]?.reward).toBeGreaterThan(0.8);
  });

  it('is learned of fixes that are no training, too', async () => {
    const fix = { ...target, fixId: 'f1', baseVersion: 'v1', opportunityId: 'o2', fixType: 'prompt_patch' as const, patch: {}, strategy: strategy('format_examples'), costUsd: 1, proposedAt: '2026-06-02T00:00:00Z' };
    await database.transaction((tx) => cycles.onFix(event(fix), tx));
    await database.transaction((tx) => cycles.onStarted(event({ ...cycleFields('c2', [], ['o2']), fixId: 'f1', trigger: 'high_priority_fix' as const, triggerReason: '', failuresAnalyzed: 0, exampleCount: 0, startedAt: '2026-06-03T00:00:00Z' }), tx));
    await judged('c2', 'failed')();
    expect(await loadOutcomes(database)).toMatchObject([{ strategyId: 'format_examples', fixType: 'prompt_patch', centroid: Float32Array.of(0, 1) }]);
  });
});

describe('a chosen strategy', () => {
  const stateOf = async () => (await loadChoices(database, ['o1', 'o3'])).get('o1');

  it('is under way once something was made with it, and decided once an outcome tells something', async () => {
    expect(await stateOf()).toMatchObject({ isDecided: false, isUnderWay: false, choice: { strategy: { strategyId: 'spread_corrections' } } });
    await inOrder(dataset('d1', { o1: 'spread_corrections' }), started('c1', ['d1'], ['o1']), judged('c1', 'insufficient'));
    expect(await stateOf()).toMatchObject({ isDecided: false, isUnderWay: true });
    await inOrder(judged('c1', 'failed'));
    expect(await stateOf()).toMatchObject({ isDecided: true });
  });

  it('is undecided again once another was chosen, and keeps its time when it is kept', async () => {
    await inOrder(dataset('d1', { o1: 'spread_corrections' }), started('c1', ['d1'], ['o1']), judged('c1', 'failed'));
    const again = (isKept: boolean) => database.transaction(async (tx) => {
      const stored = (await stateOf())?.choice;
      if (stored) await saveChoice(tx, { opportunityId: 'o1', choice: stored, rootCause: 'intent_misunderstood', size: 9, chosenAt: '2026-06-10T00:00:00Z', isKept });
    });
    await again(true);
    expect(await stateOf()).toMatchObject({ isDecided: true });
    await again(false);
    expect(await stateOf()).toMatchObject({ isDecided: false, isUnderWay: false });
  });

  it('is remembered for an opportunity that was closed, should it come back, and strategies that were made stay', async () => {
    await database.transaction(async (tx) => {
      await saveStrategy(tx, { ...strategy('spread_fast'), strategyId: 'composed: x', origin: 'composed' });
      await saveStrategy(tx, { ...strategy('spread_fast'), strategyId: 'composed: x', origin: 'composed' });
      await tx.query(`update opportunities set state = 'faded'`);
    });
    expect(await stateOf()).toMatchObject({ isDecided: false });
    expect(await loadChoices(database, ['unknown'])).toEqual(new Map());
    expect((await loadMadeStrategies(database)).map(({ strategyId }) => strategyId)).toEqual(['composed: x']);
  });
});
