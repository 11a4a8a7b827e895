// What a person says of a candidate, before and after its verdict is read, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bundle, type CandidateJudged, type Command, targetKey, versionIdOf } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig } from '../config.js';
import { migrations } from '../persistence/migrations.js';
import { whyNotOpen } from '../persistence/decision.repository.js';
import { Operators } from './operators.js';
import { RolloutMetrics } from './rollout-metrics.js';
import { Rollouts } from './rollouts.js';

const bundle: Bundle = { provider: { name: 'embedded', model: 'assistant' } };
const champion = versionIdOf({ ordinal: 1, bundle });
const judgedMs = Date.parse('2026-03-02T08:00:00Z');
const judgedAt = new Date(judgedMs).toISOString();
const person = { outcome: 'insufficient', awaits: 'person' } as const;

let server: TestDatabase;
let database: Database;
let rollouts: Rollouts;
let operators: Operators;
let target = { model: 'assistant', workload: '' };

beforeAll(async () => {
  server = await createTestDatabase('decisions');
  database = new Database({ url: server.url, service: 'rollout-controller', migrations });
  await database.start();
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url });
  const clock = (): number => judgedMs + 60_000;
  rollouts = new Rollouts(config, clock, Logger.silent(), new RolloutMetrics(new Metrics()));
  operators = new Operators(config, clock, Logger.silent(), rollouts);
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});

const order = (command: Pick<Command, 'name'> & Record<string, unknown>): Promise<void> =>
  database.transaction((tx) => operators.obey(tx, { commandId: randomUUID(), actor: 'ada', reason: 'because', ...target, issuedAt: judgedAt, ...command } as Command));
const judge = async (version: string, verdict: Pick<CandidateJudged, 'outcome' | 'awaits'> = { outcome: 'passed' }): Promise<void> => {
  const candidate = { cycleId: `cycle-${version}`, ...target, version, baseVersion: champion };
  await database.transaction((tx) => rollouts.judge(tx, { ...candidate, ...verdict, gates: [], message: 'gates', judgedAt }));
  await database.transaction((tx) => rollouts.register(tx, { ...candidate, trainingRunId: 'run', datasetIds: [], opportunityIds: [], trainingConfig: {}, trainingSeconds: 1, registeredAt: judgedAt }));
};
const statuses = async (): Promise<unknown[]> =>
  (await database.query(`select version || ' ' || status || ' ' || stage as one from rollouts where target = $1 order by queue_number`, [targetKey(target)])).map(({ one }) => one);
const whyNot = (version: string): Promise<string | undefined> => database.transaction((tx) => whyNotOpen(tx, targetKey(target), version));
const early = new Date(judgedMs - 1).toISOString();

beforeEach(async () => {
  target = { model: 'assistant', workload: randomUUID() };
  await order({ name: 'target.adopt', bundle });
});

describe('an approval', () => {
  it.each([['before', ['approve', 'approve', 'judge', 'judge']], ['after', ['judge', 'judge', 'approve', 'approve']], ['between two deliveries of', ['judge', 'approve', 'judge']]] as const)('that is read %s its verdict gives one rollout', async (_, steps) => {
    const commandId = randomUUID();
    for (const step of steps) await (step === 'judge' ? judge('v2', person) : order({ name: 'candidate.approve', version: 'v2', commandId }));
    expect(await statuses()).toEqual(['v2 RUNNING 1']);
    const approvals = await database.query(`select t.actor, t.reason, t.command_id as id from rollout_transitions t join rollouts using (rollout_id) where target = $1 and t.actor like 'human:%'`, [targetKey(target)]);
    expect(approvals).toEqual([{ actor: 'human:ada', reason: 'approved: because', id: commandId }]);
  });

  it('from before the verdict is none, and neither is one of another version', async () => {
    await order({ name: 'candidate.approve', version: 'v2', issuedAt: early });
    await order({ name: 'candidate.approve', version: 'v9' });
    await judge('v2', person);
    expect(await statuses()).toEqual(['v2 AWAITING_APPROVAL 0']);
    await order({ name: 'candidate.approve', version: 'v2' });
    expect(await statuses()).toEqual(['v2 RUNNING 1']);
  });

  it.each([
    [{ outcome: 'failed' }, "the gates' verdict on it is failed"],
    [{ outcome: 'insufficient', awaits: 'more_data' }, "the gates' verdict on it is insufficient and waits for more_data"],
  ] as const)('cannot start a candidate that is %j, before or after', async (verdict, why) => {
    await order({ name: 'candidate.approve', version: 'v2' });
    expect(await whyNot('v2')).toBeUndefined();
    await judge('v2', verdict);
    await order({ name: 'candidate.approve', version: 'v2' });
    expect(await statuses()).toEqual([]);
    expect(await whyNot('v2')).toBe(why);
    expect(await database.query('select 1 from early_decisions where target = $1', [targetKey(target)])).toEqual([]);
  });

  it('comes too late when the champion has gone, and says so', async () => {
    await judge('v2', person);
    await judge('v3');
    for (let stage = 1; stage <= 5; stage += 1) await order({ name: 'rollout.advance' });
    await order({ name: 'candidate.approve', version: 'v2' });
    expect(await statuses()).toEqual(['v2 SUPERSEDED 0', 'v3 PROMOTED 5']);
    expect(await whyNot('v2')).toBe(`its rollout is over: SUPERSEDED, it was made from ${champion}, but v3 is the champion now`);
  });
});

describe('a rejection', () => {
  it.each([['passed', { outcome: 'passed' }], ['awaits a person', person]] as const)('from before the verdict drops a candidate that %s', async (_, verdict) => {
    await order({ name: 'candidate.reject', version: 'v2', issuedAt: early });
    await judge('v2', verdict);
    expect(await statuses()).toEqual(['v2 CANCELLED 0']);
  });
});

describe('an order', () => {
  const sent = async (type: string): Promise<Record<string, unknown>[]> =>
    (await database.query<{ data: Record<string, unknown> }>(`select value::jsonb as data from outbox where headers->>'ce_type' = $1 and value::jsonb->>'workload' = $2 order by sequence`, [type, target.workload])).map(({ data }) => data);

  it('that is not obeyed is refused on the topic, once, for the one who gave it', async () => {
    const commandId = randomUUID();
    await order({ name: 'rollout.pause', commandId } as never);
    await order({ name: 'rollout.pause', commandId } as never);
    expect(await sent('ratchet.command.refused')).toMatchObject([{ commandId, name: 'rollout.pause', actor: 'ada', ...target, message: 'there is no rollout that it could mean' }]);
  });

  it('that is obeyed stands on its transition, with the terms of the rollout, and is not refused', async () => {
    const commandId = randomUUID();
    await judge('v2');
    await order({ name: 'rollout.pause', commandId } as never);
    const told = await sent('ratchet.rollout.advanced');
    expect(told.at(-1)).toMatchObject({ to: 'PAUSED', commandId, needsPerson: false, terms: { margin: 0.05, alpha: 0.05, shares: [0.01, 0.05, 0.25, 0.5, 0.95], minSamples: [50, 200, 200, 200, 200] } });
    expect(await sent('ratchet.command.refused')).toEqual([]);
  });

  it('that was kept and turns out void when the verdict comes is refused then', async () => {
    await order({ name: 'candidate.approve', version: 'v3' });
    expect(await sent('ratchet.command.refused')).toEqual([]);
    await judge('v3', { outcome: 'failed' } as never);
    expect(await sent('ratchet.command.refused')).toMatchObject([{ name: 'candidate.approve', message: "the gates' verdict on it is failed" }]);
  });
});
