// Rollouts from their events to the routing table, against a real PostgreSQL.
// DATABASE_URL names a server; each run makes a database of its own there and drops it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EventEnvelope } from '@ratchet/contracts';
import { type Arm, type Bundle, type CandidateJudged, type Command, emptyHistogram, histogramOf, versionIdOf } from '@ratchet/domain';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { Database, prepareJobs } from '@ratchet/persistence';
import { PlatformModule } from '@ratchet/service';
import { createTestDatabase } from '@ratchet/testing';
import type { TestDatabase } from '@ratchet/testing';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { contract } from './contract.js';
import { CandidatesHandlers } from './handlers/candidates.handlers.js';
import { CommandsHandlers } from './handlers/commands.handlers.js';
import { EvidenceHandlers } from './handlers/evidence.handlers.js';
import { migrations } from './persistence/migrations.js';
import { transitionsOf } from './persistence/rollout.repository.js';
import { replay, type RolloutState } from './rollout/rollout-state.js';
import { RolloutTick } from './shell/rollout.tick.js';
import { CLOCK } from './shell/rollouts.js';

const bundle: Bundle = { provider: { name: 'embedded', model: 'assistant' } };
const champion = versionIdOf({ ordinal: 1, bundle });
let server: TestDatabase;
let app: INestApplicationContext;
let database: Database;
let nowMs = Date.parse('2026-03-02T08:00:00Z');
/** A target of its own for each test. */
let target = { model: 'assistant', workload: '' };
let key = '';

const event = <Data>(data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type: 'test', time: new Date(nowMs).toISOString(), data });
const instant = (): string => new Date(nowMs).toISOString();

beforeAll(async () => {
  server = await createTestDatabase('rollouts');
  const logger = Logger.silent();
  database = new Database({ url: server.url, service: contract.service, migrations });
  await database.start();
  await prepareJobs({ url: server.url, service: contract.service, logger });
  const policy = { minSoakMs: [2000, 2000, 2000, 2000], bakeMs: 3000, maxStageMs: 3_600_000, labelDelayMs: 1000 };
  const config = loadConfig({ KAFKA_BROKERS: 'localhost:1', DATABASE_URL: server.url, ROLLOUT_POLICY: JSON.stringify(policy) });
  const kafka = createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'test', ssl: false }, logger);
  const platform = PlatformModule.with({ config, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), database });
  const module = AppModule.create();
  const providers = [...(module.providers ?? []), { provide: CLOCK, useValue: () => nowMs }];
  app = await NestFactory.createApplicationContext({ module: class Root {}, imports: [platform, { ...module, providers }] }, { logger: ['error'] });
});

afterAll(async () => {
  await app?.close();
  await database?.stop();
  await server?.drop();
});

beforeEach(() => {
  target = { model: 'assistant', workload: randomUUID() };
  key = `assistant/${target.workload}`;
});

const order = (differs: Pick<Command, 'name'> & Record<string, unknown>): Promise<void> =>
  database.transaction((tx) =>
    app.get(CommandsHandlers).onCommand(event({ commandId: randomUUID(), actor: 'ada', reason: 'because', ...target, issuedAt: instant(), ...differs } as Command), tx),
  );

const candidate = async (version: string, { outcome = 'passed', baseVersion = champion, awaits }: { outcome?: CandidateJudged['outcome']; baseVersion?: string; awaits?: 'person' | 'more_data' } = {}): Promise<void> => {
  const cycleId = `cycle-${version}`;
  const handlers = app.get(CandidatesHandlers);
  await database.transaction((tx) => handlers.onJudged(event({ cycleId, ...target, version, baseVersion, outcome, ...(awaits && { awaits }), gates: [], message: 'gates', judgedAt: instant() }), tx));
  await database.transaction((tx) =>
    handlers.onRegistered(event({ cycleId, ...target, trainingRunId: 'run', baseVersion, version, datasetIds: ['d1'], opportunityIds: ['o1'], trainingConfig: {}, trainingSeconds: 1, registeredAt: instant() }), tx),
  );
};

interface RolloutView {
  readonly rolloutId: string;
  readonly version: string;
  readonly state: RolloutState;
  readonly initialState: RolloutState;
}

const rollouts = (): Promise<RolloutView[]> =>
  database.query<RolloutView>(`select rollout_id as "rolloutId", version, state, initial_state as "initialState" from rollouts where target = $1 order by queue_number`, [key]);

const statuses = async (): Promise<string[]> => (await rollouts()).map(({ version, state }) => `${version} ${state.status} ${state.stage}`);

interface Sent {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

const sent = async (type?: string): Promise<Sent[]> => {
  const rows = await database.query<Sent>(`select headers->>'ce_type' as type, value::jsonb as data from outbox where value::jsonb->>'workload' = $1 order by sequence`, [target.workload]);
  return rows.filter((row) => type === undefined || row.type === type);
};

const vitals = async (arm: Arm, n: number, failed: number, differs: Record<string, unknown> = {}): Promise<void> => {
  const running = (await rollouts()).find(({ state }) => state.share > 0);
  if (!running) throw new Error('no rollout has traffic');
  const data = {
    vitalsId: randomUUID(), ...target, version: arm === 'candidate' ? running.version : champion, arm, rolloutId: running.rolloutId, stage: running.state.stage,
    requests: n, errors: 0, fellBack: 0, overridden: 0, outcomes: n, failures: failed, unsafe: 0, failuresBySignal: {},
    units: { count: n, failed, sumY: failed, sumN: n, sumYY: failed, sumYN: failed, sumNN: n },
    latencyMs: histogramOf(Array.from({ length: n }, () => 100)), inputTokens: 0, outputTokens: 0, costUsd: emptyHistogram(), from: instant(), to: instant(), ...differs,
  };
  await database.transaction((tx) => app.get(EvidenceHandlers).onCounted(event(data), tx));
};

const pass = async (seconds: number): Promise<void> => {
  nowMs += seconds * 1000;
  await app.get(RolloutTick).tick();
};

const served = async (n: number, failed: number): Promise<void> => {
  await vitals('candidate', n, failed);
  await vitals('control', n, Math.round(n * 0.15));
  await pass(3);
};

describe('rollout-controller', () => {
  it('adopts a target once, and refuses a second champion', async () => {
    await order({ name: 'target.adopt', bundle });
    await order({ name: 'target.adopt', bundle: { ...bundle, systemPrompt: 'other' } });
    const refused = { type: 'ratchet.command.refused', data: { name: 'target.adopt', message: 'the target has a champion already' } };
    expect(await sent()).toMatchObject([{ type: 'ratchet.routing.changed', data: { revision: 1, champion, share: 0, salt: '', stage: 0 } }, refused]);
  });

  it('takes a proven candidate through every stage to the promotion', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    for (let stage = 1; stage <= 4; stage += 1) {
      expect(await statuses()).toEqual([`v2-b RUNNING ${stage}`]);
      await served(1000, 100);
    }
    expect(await statuses()).toEqual(['v2-b RUNNING 5']);
    await vitals('candidate', 950, 95);
    await vitals('control', 50, 8);
    await pass(1);
    expect(await statuses()).toEqual(['v2-b RUNNING 5']);
    await pass(3);
    expect(await statuses()).toEqual(['v2-b PROMOTED 5']);
    const routing = await sent('ratchet.routing.changed');
    expect(routing.map(({ data }) => [data['revision'], data['share'], data['stage'], data['candidate']])).toEqual([
      [1, 0, 0, undefined], [2, 0.01, 1, 'v2-b'], [3, 0.05, 2, 'v2-b'], [4, 0.25, 3, 'v2-b'], [5, 0.5, 4, 'v2-b'], [6, 0.95, 5, 'v2-b'], [7, 0, 0, undefined],
    ]);
    expect(routing.at(-1)?.data).toMatchObject({ champion: 'v2-b' });
    expect((await sent('ratchet.version.promoted')).map(({ data }) => data)).toMatchObject([{ version: 'v2-b', previousVersion: champion, datasetIds: ['d1'], opportunityIds: ['o1'] }]);
    expect((await sent('ratchet.experiment.concluded')).map(({ data }) => data['verdict'])).toEqual(['treatment_wins']);
  });

  it('keeps rows that lead to the stored state, and lets nobody change them', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    await served(400, 60);
    await order({ name: 'rollout.pause' });
    await order({ name: 'rollout.resume' });
    await served(400, 300);
    const [rollout] = await rollouts();
    const transitions = await transitionsOf(database, rollout!.rolloutId);
    expect(transitions.map(({ to }) => to)).toEqual(['DRAFT', 'RUNNING(1)', 'RUNNING(2)', 'PAUSED', 'RUNNING(2)', 'ROLLED_BACK']);
    expect(replay(rollout!.initialState, transitions)).toEqual(rollout!.state);
    await expect(database.query(`update rollout_transitions set reason = 'another' where rollout_id = $1`, [rollout!.rolloutId])).rejects.toThrow(/evidence/);
    await expect(database.query(`delete from routing_revisions where target = $1`, [key])).rejects.toThrow(/evidence/);
  });

  it('rolls back within the transaction that counted the harm, and starts the next in the queue', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    await candidate('v3-c');
    expect(await statuses()).toEqual(['v2-b RUNNING 1', 'v3-c DRAFT 0']);
    await vitals('control', 100, 10);
    await vitals('candidate', 100, 10, { errors: 60 });
    expect(await statuses()).toEqual(['v2-b ROLLED_BACK 1', 'v3-c RUNNING 1']);
    expect((await sent('ratchet.version.rolledback')).map(({ data }) => [data['version'], data['metric'], data['stage']])).toEqual([['v2-b', 'error_free_rate', 1]]);
    expect((await sent('ratchet.alert.raised')).map(({ data }) => data['name'])).toEqual(['rollout_rolled_back']);
    const routing = (await sent('ratchet.routing.changed')).map(({ data }) => [data['revision'], data['candidate']]);
    expect(routing).toEqual([[1, undefined], [2, 'v2-b'], [3, undefined], [4, 'v3-c']]);
  });

  it('supersedes what waited on a champion that was replaced', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    await candidate('v3-c');
    await candidate('v4-d', { outcome: 'insufficient' });
    for (let stage = 1; stage <= 5; stage += 1) await order({ name: 'rollout.advance' });
    expect(await statuses()).toEqual(['v2-b PROMOTED 5', 'v3-c SUPERSEDED 0', 'v4-d SUPERSEDED 0']);
    expect((await sent('ratchet.rollout.advanced')).filter(({ data }) => data['to'] === 'SUPERSEDED')).toHaveLength(2);
  });

  it('counts an unsafe answer once and rolls back on the second', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    const [rollout] = await rollouts();
    const quality = (interactionId: string) => event({
      evaluationId: randomUUID(), interactionId, conversationId: 'c', ...target, version: 'v2-b', evaluatedAt: instant(),
      scores: [{ evaluator: 'safety' as const, score: 0.1, explanation: 'a rule' }],
      assignment: { rolloutId: rollout!.rolloutId, stage: 1, arm: 'candidate' as const, version: 'v2-b' },
    });
    const handlers = app.get(EvidenceHandlers);
    await database.transaction((tx) => handlers.onEvaluated(quality('i1'), tx));
    await database.transaction((tx) => handlers.onEvaluated(quality('i1'), tx));
    expect(await statuses()).toEqual(['v2-b RUNNING 1']);
    await database.transaction((tx) => handlers.onEvaluated(quality('i2'), tx));
    expect(await statuses()).toEqual(['v2-b ROLLED_BACK 1']);
  });

  it('counts each score once, conversation by conversation, and costs by arm', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    const { rolloutId } = (await rollouts())[0]!;
    const evaluate = (interactionId: string, score: number, overridden = false): Promise<void> => {
      const subject = { evaluationId: randomUUID(), interactionId, conversationId: 'c1', ...target, version: 'v2-b', evaluatedAt: instant() };
      const assignment = { rolloutId, stage: 1, arm: 'candidate' as const, version: 'v2-b', overridden };
      const scores = [{ evaluator: 'relevance' as const, score, explanation: 'a rule', inclusionRate: 0.5 }];
      return database.transaction((tx) => app.get(EvidenceHandlers).onEvaluated(event({ ...subject, assignment, scores }), tx));
    };
    for (const [interactionId, score, overridden] of [['i1', 1], ['i1', 0.2], ['i2', 0.5], ['i3', 0, true]] as const) await evaluate(interactionId, score, overridden);
    await vitals('candidate', 2, 0, { costUsd: histogramOf([0.25, 0.75]), costUsdSquares: 0.625 });
    await vitals('candidate', 1, 0, { costUsd: histogramOf([0.5]) });
    const rows = await database.query(`select quality, cost_count as count, cost_sum as sum, cost_squares as squares, unit_requests as requests from arm_tallies where rollout_id = $1`, [rolloutId]);
    // One conversation of y = 2 * 1 + 2 * 0.5 and n = 4.
    expect(rows).toEqual([{ quality: { relevance: { units: 1, sumY: 3, sumN: 4, sumYY: 9, sumYN: 12, sumNN: 16 } }, count: 3, sum: 1.5, squares: 0.875, requests: 3 }]);
  });

  it('holds for the provider where no arm brings data, and for the candidate where others do', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    await vitals('candidate', 10, 1);
    await pass(1801);
    expect((await rollouts())[0]!.state.hold?.reason).toBe('provider');
    await vitals('rest', 10, 1);
    await pass(1);
    expect((await rollouts())[0]!.state.hold?.reason).toBe('stale');
  });

  it('obeys a command once, however often it is delivered', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    const commandId = randomUUID();
    await order({ name: 'rollout.advance', commandId });
    await order({ name: 'rollout.advance', commandId });
    expect(await statuses()).toEqual(['v2-b RUNNING 2']);
  });

  it('starts nothing while the automation is held', async () => {
    await order({ name: 'target.adopt', bundle });
    await order({ name: 'automation.hold' });
    await candidate('v2-b');
    expect(await statuses()).toEqual(['v2-b DRAFT 0']);
    await order({ name: 'automation.release' });
    expect(await statuses()).toEqual(['v2-b RUNNING 1']);
  });

  it('rolls out an unproven candidate only after an approval', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b', { outcome: 'insufficient' });
    await pass(10);
    expect(await statuses()).toEqual(['v2-b AWAITING_APPROVAL 0']);
    await order({ name: 'candidate.approve', version: 'v2-b' });
    expect(await statuses()).toEqual(['v2-b RUNNING 1']);
  });

  it('leaves a candidate alone that waits for more data, and one that failed, whoever approves them', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b', { outcome: 'insufficient', awaits: 'more_data' });
    await candidate('v3-c', { outcome: 'failed' });
    await order({ name: 'candidate.approve', version: 'v2-b' });
    await order({ name: 'candidate.approve', version: 'v3-c' });
    expect(await statuses()).toEqual([]);
  });

  it('rolls out once what a person approved, and says who did', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b', { outcome: 'insufficient', awaits: 'person' });
    const commandId = randomUUID();
    await order({ name: 'candidate.approve', version: 'v2-b', commandId });
    await order({ name: 'candidate.approve', version: 'v2-b', commandId });
    expect(await statuses()).toEqual(['v2-b RUNNING 1']);
    const moves = await sent('ratchet.rollout.advanced');
    expect(moves.map(({ data }) => [data['from'], data['to'], data['actor']])).toContainEqual(['AWAITING_APPROVAL', 'DRAFT', 'human:ada']);
  });

  it('brings the previous champion back on order, once a rollout is over', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    for (let stage = 1; stage <= 5; stage += 1) await order({ name: 'rollout.advance' });
    await order({ name: 'rollout.rollback' });
    expect((await sent('ratchet.routing.changed')).at(-1)?.data).toMatchObject({ champion, revision: 8, share: 0 });
    expect((await sent('ratchet.version.rolledback')).map(({ data }) => [data['version'], data['previousVersion'], data['metric']])).toEqual([['v2-b', champion, 'operator']]);
    expect(await statuses()).toEqual(['v2-b PROMOTED 5']);
  });

  it('waits with a verdict that came before the adoption', async () => {
    await candidate('v2-b');
    await pass(1);
    expect(await statuses()).toEqual(['v2-b DRAFT 0']);
    await order({ name: 'target.adopt', bundle });
    expect(await statuses()).toEqual(['v2-b RUNNING 1']);
  });

  it('lets two controllers act at once, and makes one share change', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    await vitals('candidate', 400, 40);
    await vitals('control', 400, 60);
    nowMs += 3000;
    const tick = app.get(RolloutTick);
    await Promise.all([tick.tick(), tick.tick(), tick.tick()]);
    expect(await statuses()).toEqual(['v2-b RUNNING 2']);
    expect((await sent('ratchet.routing.changed')).map(({ data }) => data['revision'])).toEqual([1, 2, 3]);
  });

  it('leaves nothing behind of a transaction that fails', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    const before = { statuses: await statuses(), sent: (await sent()).length };
    const failing = database.transaction(async (tx) => {
      await app.get(CommandsHandlers).onCommand(event({ name: 'rollout.advance', commandId: randomUUID(), actor: 'ada', reason: 'because', ...target, issuedAt: instant() }), tx);
      throw new Error('the process died');
    });
    await expect(failing).rejects.toThrow('the process died');
    expect({ statuses: await statuses(), sent: (await sent()).length }).toEqual(before);
  });

  it('does not count vitals whose version is not what their arm serves', async () => {
    await order({ name: 'target.adopt', bundle });
    await candidate('v2-b');
    await vitals('candidate', 100, 100, { version: 'v9-x' });
    const [rollout] = await rollouts();
    expect(await database.query(`select * from arm_tallies where rollout_id = $1`, [rollout!.rolloutId])).toEqual([]);
  });
});
