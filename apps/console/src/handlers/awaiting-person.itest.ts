// A cycle whose candidate waits for a person, as the console follows it: against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import type { CandidateJudged, CycleRecord } from '@ratchet/domain';
import { Logger } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { contract } from '../contract.js';
import { cycleRow } from '../lineage/cycles.repository.js';
import { entriesAfter } from '../audit/chains.repository.js';
import { migrations } from '../persistence/migrations.js';
import { CycleHandlers } from './cycle.handlers.js';

const target = { model: 'assistant', workload: 'default' };
const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const handlers = new CycleHandlers(Logger.silent());
let store: TestDatabase;
let database: Database;
let cycle: { cycleId: string; model: string; workload: string; trainingRunId: string; baseVersion: string };

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
});
afterAll(async () => {
  await database?.stop();
  await store?.drop();
});
beforeEach(() => {
  cycle = { cycleId: randomUUID(), ...target, trainingRunId: 'r1', baseVersion: 'v1' };
});

const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: '2026-01-01T00:00:00Z', data });
const rollout = (actor: string, reason: string) => ({ rolloutId: 'ro1', cycleId: cycle.cycleId, ...target, version: 'v2', previousVersion: 'v1', actor, reason, evidence: { candidate: counts, control: counts, tests: [], formulaVersion: 'rollout-1' } });

const judged = (outcome: CandidateJudged['outcome'], awaits?: CandidateJudged['awaits']): Promise<void> =>
  database.transaction((tx) => handlers.onJudged(event({ cycleId: cycle.cycleId, ...target, version: 'v2', baseVersion: 'v1', outcome, gates: [], message: 'too few items', ...(awaits && { awaits }), judgedAt: '2026-01-01T02:00:00Z' }), tx));
const moved = (from: string, to: string, actor = 'policy', reason = 'r'): Promise<void> =>
  database.transaction((tx) => handlers.onAdvanced(event({ ...rollout(actor, reason), sequence: 1, from, to, stage: 0, share: 0, advancedAt: '2026-01-01T03:00:00Z' }), tx));
const begin = async (): Promise<void> => {
  await database.transaction((tx) => handlers.onStarted(event({ ...cycle, trigger: 'command', triggerReason: 'r', datasetIds: [], opportunityIds: [], failuresAnalyzed: 0, exampleCount: 1, trainingConfig: {}, startedAt: '2026-01-01T00:00:00Z' }), tx));
  await database.transaction((tx) => handlers.onRegistered(event({ ...cycle, version: 'v2', datasetIds: [], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: '2026-01-01T01:00:00Z' }), tx));
};
const approve = (): Promise<void> =>
  database.transaction((tx) => handlers.onCommand(event({ name: 'candidate.approve', commandId: 'c', actor: 'ana', reason: 'looked at it', ...target, version: 'v2', issuedAt: '2026-01-01T02:30:00Z' }), tx));
const promote = (): Promise<void> =>
  database.transaction((tx) => handlers.onPromoted(event({ ...rollout('policy', 'all stages passed'), opportunityIds: [], datasetIds: [], promotedAt: '2026-01-02T00:00:00Z' }), tx));
const records = async (): Promise<CycleRecord[]> => (await entriesAfter(database, 'cycles', 0, 100)).map(({ record }) => record as CycleRecord);
const recorded = async (): Promise<string[]> => (await records()).filter(({ cycle_id }) => cycle_id === cycle.cycleId).map((record) => record.deployment_decision);
const shown = async (): Promise<unknown[]> => {
  const row = await cycleRow(database, cycle.cycleId);
  return [row?.state, row?.endedAt !== null];
};

describe('a cycle that waits for a person', () => {
  it('is open and not on the record until its rollout has ended, and then once, with the approval', async () => {
    await begin();
    await judged('insufficient', 'person');
    await moved('DRAFT', 'AWAITING_APPROVAL');
    expect([await shown(), await recorded()]).toEqual([['waiting for a person', false], []]);
    await approve();
    await moved('AWAITING_APPROVAL', 'DRAFT', 'human:ana', 'approved: looked at it');
    expect([await shown(), await recorded()]).toEqual([['rollout', false], []]);
    await promote();
    expect([await shown(), await recorded()]).toEqual([['promoted', true], ['promoted v2: all stages passed']]);
    const record = (await records()).at(-1);
    expect(record?.human_approvals).toEqual([{ command: 'candidate.approve', actor: 'ana', reason: 'looked at it', at: '2026-01-01T02:30:00Z' }]);
  });

  it('is on the record with the person who turned it down', async () => {
    await begin();
    await judged('insufficient', 'person');
    await moved('AWAITING_APPROVAL', 'CANCELLED', 'human:ana', 'rejected: too risky');
    expect([await shown(), await recorded()]).toEqual([['rejected', true], ['not deployed, rejected (human:ana): rejected: too risky']]);
  });

  it('is on the record where nobody decided, also if the topics are read in another order', async () => {
    await begin();
    await moved('AWAITING_APPROVAL', 'CANCELLED', 'policy', 'nobody decided');
    expect(await recorded()).toEqual([]);
    await judged('insufficient', 'person');
    expect([await shown(), await recorded()]).toEqual([['insufficient', true], ['not deployed, insufficient (policy): nobody decided']]);
  });
});

describe('a cycle that waits for nobody', () => {
  it('is on the record with its verdict', async () => {
    await begin();
    await judged('insufficient', 'more_data');
    expect([await shown(), await recorded()]).toEqual([['insufficient', true], ['not deployed, gates insufficient: too few items']]);
  });

  it('is on the record where it passed and its champion was gone before it had traffic', async () => {
    await begin();
    await judged('passed');
    await moved('DRAFT', 'SUPERSEDED', 'policy', 'v3 serves');
    expect([await shown(), await recorded()]).toEqual([['superseded', true], ['not deployed, superseded (policy): v3 serves']]);
  });
});
