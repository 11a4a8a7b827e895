// What nothing can interrupt: supersession, draining, fences and what rows say they rest on, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { EvidenceRecord, RoutingChanged, VersionPromoted } from '@ratchet/domain';
import { Database, type Transaction } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { noteOffset } from '../persistence/evidence-offset.repository.js';
import { transitionsOf } from '../persistence/rollout.repository.js';
import { bundle, champion, World } from './rollout-world.fixture.js';

let server: TestDatabase | undefined;
const worlds: World[] = [];

/** Worlds of one database differ by policy; each has a target of its own. */
const adopted = async (policy: object = {}): Promise<World> => {
  server ??= await createTestDatabase('machine');
  const workload = randomUUID();
  const world = await World.open(server.url, policy, `${workload}-`);
  worlds.push(world);
  world.target = { model: 'assistant', workload };
  await world.order({ name: 'target.adopt', bundle });
  return world;
};
const routing = (world: World): Promise<RoutingChanged[]> => world.sent<RoutingChanged>('ratchet.routing.changed');

afterEach(async () => {
  for (const { database } of worlds.splice(0)) await database.stop();
});
afterAll(() => server?.drop());

describe('a new candidate at stage 3', () => {
  const atStage3 = async (policy: object = {}): Promise<World> => {
    const world = await adopted(policy);
    await world.candidate('v2');
    for (let stage = 1; stage < 3; stage += 1) await world.order({ name: 'rollout.advance' });
    await world.candidate('v3');
    return world;
  };

  it('waits in the queue by default, and starts when the older one has ended, from the same champion', async () => {
    const world = await atStage3();
    expect(await world.statuses()).toEqual(['v2 RUNNING 3', 'v3 DRAFT 0']);
    await world.order({ name: 'rollout.rollback' });
    expect(await world.statuses()).toEqual(['v2 ROLLED_BACK 3', 'v3 RUNNING 1']);
  });

  it('takes its place where the policy says so: first the share goes back, then it starts at stage 1 with a salt of its own', async () => {
    const world = await atStage3({ whenBusy: 'supersede' });
    expect(await world.statuses()).toEqual(['v2 SUPERSEDED 3', 'v3 RUNNING 1']);
    const [back, started] = (await routing(world)).slice(-2);
    expect(back).toMatchObject({ champion, share: 0, salt: '', revision: 5 });
    expect(started).toMatchObject({ champion, candidate: 'v3', share: 0.01, stage: 1, revision: 6 });
    expect(started?.salt).not.toBe((await routing(world))[1]?.salt);
    await world.order({ name: 'rollout.rollback' });
    expect((await routing(world)).at(-1)).toMatchObject({ champion, share: 0 });
    expect((await world.sent('ratchet.version.rolledback')).at(-1)).toMatchObject({ version: 'v3', previousVersion: champion });
  });

  it('waits for a rollout that a person has paused, whatever the policy', async () => {
    const world = await adopted({ whenBusy: 'supersede' });
    await world.candidate('v2');
    await world.order({ name: 'rollout.pause' });
    await world.candidate('v3');
    expect(await world.statuses()).toEqual(['v2 PAUSED 1', 'v3 DRAFT 0']);
    await world.order({ name: 'rollout.resume' });
    expect(await world.statuses()).toEqual(['v2 SUPERSEDED 1', 'v3 RUNNING 1']);
  });

  it('does not start, and supersedes nothing, while the automation is held or its registration is missing', async () => {
    const world = await adopted({ whenBusy: 'supersede' });
    await world.candidate('v2');
    await world.order({ name: 'automation.hold' });
    await world.candidate('v3');
    expect(await world.statuses()).toEqual(['v2 RUNNING 1', 'v3 DRAFT 0']);
    await world.deliver(world.judged('v4'));
    await world.order({ name: 'automation.release' });
    expect(await world.statuses()).toEqual(['v2 SUPERSEDED 1', 'v3 RUNNING 1', 'v4 DRAFT 0']);
  });
});

describe('draining', () => {
  const policy = { whenBusy: 'supersede', drainMs: 60_000 };

  it('lets a superseded candidate finish, also while the next one is served, until its time', async () => {
    const world = await adopted(policy);
    await world.candidate('v2');
    const { rolloutId } = await world.running();
    await world.order({ name: 'rollout.advance' });
    await world.candidate('v3');
    const draining = { rolloutId, candidate: 'v2', salt: rolloutId, share: 0.05, stage: 2, stickTo: 'conversation', until: new Date(world.at + 60_000).toISOString() };
    expect((await routing(world)).slice(-2)).toMatchObject([{ share: 0, draining }, { candidate: 'v3', draining }]);
    world.at += 60_000;
    await world.order({ name: 'rollout.advance' });
    expect((await routing(world)).at(-1)).not.toHaveProperty('draining');
  });

  it('follows a loss of success, but neither errors nor a person that ordered the rollback', async () => {
    const world = await adopted(policy);
    await world.candidate('v2');
    await world.serve(300, 200);
    await world.tick();
    expect((await routing(world)).at(-1)).toMatchObject({ share: 0, draining: { candidate: 'v2' } });
    await world.candidate('v3');
    await world.serve(300, 45, { errors: 200 });
    expect((await routing(world)).at(-1)).toMatchObject({ share: 0, draining: { candidate: 'v2' } });
    await world.candidate('v4');
    await world.order({ name: 'rollout.rollback' });
    expect((await routing(world)).at(-1)).not.toHaveProperty('draining');
  });

  it('ends with the first unsafe answer', async () => {
    const world = await adopted(policy);
    await world.candidate('v2');
    const old = await world.running();
    await world.candidate('v3');
    await world.deliver(world.vitals('candidate', 1, 0, old, { unsafe: 1 }));
    const [before, after] = (await routing(world)).slice(-2);
    expect(before).toMatchObject({ candidate: 'v3', draining: { candidate: 'v2' } });
    const { draining: _, ...served } = before!;
    expect(after).toEqual({ ...served, revision: before!.revision + 1 });
  });
});

describe('evidence', () => {
  it('names the last record that is counted in it, which a repeat does not move back', async () => {
    const world = await adopted();
    await world.candidate('v2');
    const running = await world.running();
    const [first, second] = [world.vitals('control', 100, 15, running), world.vitals('candidate', 100, 15, running)];
    await world.deliver(first, second);
    await world.deliver(first, second);
    // As where the inbox has forgotten it, or somebody has set the group's position back.
    await world.database.transaction((tx) => noteOffset(tx, running.rolloutId, { topic: 'ratchet.vitals.v1', partition: 0, offset: '1' }));
    world.at += 2000;
    await world.tick();
    const rows = await transitionsOf(world.database, running.rolloutId);
    expect(rows.map(({ to, evidence }) => [to, evidence.offsets])).toEqual([
      ['DRAFT', undefined], ['RUNNING(1)', undefined], ['RUNNING(2)', [{ topic: 'ratchet.vitals.v1', partition: 0, offset: String(second.offset) }]],
    ]);
    const moved = await world.sent<{ to: string; evidence: EvidenceRecord }>('ratchet.rollout.advanced');
    expect(moved.at(-1)?.evidence.offsets).toEqual([{ topic: 'ratchet.vitals.v1', partition: 0, offset: String(second.offset) }]);
  });

  it('of a promotion has the training run and the verdict of the gates', async () => {
    const world = await adopted();
    const verdict = world.judged('v2');
    await world.deliver(verdict, world.registered('v2'));
    for (let stage = 1; stage <= 5; stage += 1) await world.order({ name: 'rollout.advance' });
    const judged = JSON.parse(verdict.value!.toString()) as VersionPromoted['verdict'];
    const { outcome, gates, message, judgedAt } = judged!;
    expect(await world.sent('ratchet.version.promoted')).toMatchObject([{ trainingRunId: 'run-v2', verdict: { outcome, gates, message, judgedAt }, datasetIds: ['d1'] }]);
  });
});

/** Takes no lock, as where it was lost, and stands still before it changes a row until it may go on. */
const frozen = (tx: Transaction, mayGoOn: Promise<void>, standsStill: () => void): Transaction => ({
  emit: (definition, data, options) => tx.emit(definition, data, options),
  enqueue: (...job) => tx.enqueue(...job),
  atEnd: (...work) => tx.atEnd(...work),
  gather: (...work) => tx.gather(...work),
  query: async (sql, parameters) => {
    if (/^\s*update/.test(sql)) {
      standsStill();
      await mayGoOn;
    }
    return tx.query(sql.replace(/ for update$/, ''), parameters);
  },
});

describe('two controllers at once', () => {
  const ready = async (): Promise<World> => {
    const world = await adopted();
    await world.candidate('v2');
    await world.serve(300, 45);
    world.at += 2000;
    return world;
  };

  it.each([
    ['a step forward', ready, (world: World, tx: Transaction) => world.rollouts.evaluate(tx, world.key), 'rollout_moved_meanwhile', ['v2 RUNNING 2'], 3],
    [
      'a return to the champion before',
      async () => {
        const world = await ready();
        for (let stage = 1; stage <= 5; stage += 1) await world.order({ name: 'rollout.advance' });
        return world;
      },
      (world: World, tx: Transaction) => world.operators.obey(tx, { name: 'rollout.rollback', commandId: randomUUID(), actor: 'ada', reason: 'because', ...world.target, issuedAt: world.instant }),
      'routing_changed_meanwhile', ['v2 PROMOTED 5'], 8,
    ],
  ] as const)('one acts, where the other was frozen before %s and has lost its lock', async (_, prepare, act, code, statuses, revision) => {
    const world = await prepare();
    let goOn = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    let losing: Promise<unknown> = Promise.resolve();
    const standsStill = new Promise<void>((resolve) => {
      losing = world.database.transaction((tx) => act(world, frozen(tx, mayGoOn, resolve))).catch((error: unknown) => error);
    });
    await standsStill;
    await world.database.transaction((tx) => act(world, tx));
    goOn();
    expect(await losing).toMatchObject({ code, retryable: true });
    await world.tick();
    expect(await world.statuses()).toEqual(statuses);
    expect((await routing(world)).map((one) => one.revision)).toEqual(Array.from({ length: revision }, (__, i) => i + 1));
  });

  it('one acts, where the other one froze with the lock and its connection was cut', async () => {
    const world = await ready();
    const other = new Database({ url: server!.url, service: 'rollout-controller', migrations: [] });
    await other.dataSource.initialize();
    let goOn = (): void => undefined;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    let pid = 0;
    let acted = (): void => undefined;
    const hasActed = new Promise<void>((resolve) => (acted = resolve));
    const losing = other
      .transaction(async (tx) => {
        [{ pid }] = (await tx.query<{ pid: number }>('select pg_backend_pid() as pid')) as [{ pid: number }];
        await world.rollouts.evaluate(tx, world.key);
        acted();
        await mayGoOn;
      })
      .then(() => 'committed', () => 'undone');
    await hasActed;
    const winning = world.tick();
    await server!.query('select pg_terminate_backend($1)', [pid]);
    await winning;
    goOn();
    expect(await losing).toBe('undone');
    expect(await world.statuses()).toEqual(['v2 RUNNING 2']);
    expect((await routing(world)).map(({ revision }) => revision)).toEqual([1, 2, 3]);
    await other.stop();
  });
});
