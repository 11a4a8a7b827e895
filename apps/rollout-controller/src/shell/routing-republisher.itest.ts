// What is announced again after Kafka was lost, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RoutingChanged } from '@ratchet/domain';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { RoutingRepublisher } from './routing-republisher.js';
import { bundle, champion, World } from './rollout-world.fixture.js';

let server: TestDatabase;
let world: World;

beforeAll(async () => {
  server = await createTestDatabase('republish');
});
afterAll(() => server?.drop());

beforeEach(async () => {
  const workload = randomUUID();
  world = await World.open(server.url, {}, `${workload}-`);
  world.target = { model: 'assistant', workload };
  await world.order({ name: 'target.adopt', bundle });
  await world.candidate('v2');
  await world.order({ name: 'rollout.advance' });
});
afterEach(() => world.database.stop());

const relay = (): Promise<unknown> => world.database.query('delete from outbox');
const republish = (): Promise<number> => world.database.transaction((tx) => new RoutingRepublisher(() => world.at).republish(tx));
const routing = (): Promise<RoutingChanged[]> => world.sent<RoutingChanged>('ratchet.routing.changed');

describe('the routing after a loss of Kafka', () => {
  it('serves as before, under a revision beyond all that gateways can know, and goes on from there', async () => {
    const before = (await routing()).at(-1);
    await relay();
    expect(await republish()).toBeGreaterThan(0);
    const [announced] = await routing();
    expect(announced).toEqual({ ...before, revision: (before?.revision ?? 0) + 1_000, changedAt: world.instant });
    expect(announced).toMatchObject({ champion, candidate: 'v2', stage: 2 });
    await world.order({ name: 'rollout.rollback' });
    expect((await routing()).at(-1)).toMatchObject({ champion, share: 0, revision: (before?.revision ?? 0) + 1_001 });
  });

  it('is not announced again where the outbox has all of it', async () => {
    const before = await routing();
    await republish();
    expect(await routing()).toEqual(before);
  });

  it('is announced again where the outbox has only the end of it', async () => {
    await relay();
    await world.order({ name: 'rollout.advance' });
    await republish();
    expect(await routing()).toMatchObject([{ stage: 3 }, { stage: 3, revision: 1_004 }]);
  });

  it.each([
    ['keeps what drains', 0, true],
    ['ends what drains once its time is over', 3_600_000, false],
  ])('%s', async (_, laterMs, drains) => {
    const draining = { rolloutId: 'r', candidate: 'v0', salt: 'r', share: 0.1, stage: 1, stickTo: 'user', until: new Date(world.at + 1_000).toISOString() };
    await world.database.query(`update targets set draining = $2::jsonb where target = $1`, [world.key, JSON.stringify(draining)]);
    await world.order({ name: 'rollout.advance' });
    expect((await routing()).at(-1)).toHaveProperty('draining');
    await relay();
    world.at += laterMs;
    await republish();
    expect((await routing()).at(-1)?.draining).toEqual(drains ? draining : undefined);
    expect(await world.database.query('select draining from targets where target = $1', [world.key])).toEqual([{ draining: drains ? draining : null }]);
  });

  it('forgets where the open rollout had read to in the log that is gone', async () => {
    await world.serve(10, 1);
    const offsets = (): Promise<unknown[]> => world.database.query('select 1 from evidence_offsets o join rollouts using (rollout_id) where target = $1', [world.key]);
    expect(await offsets()).not.toHaveLength(0);
    await relay();
    await republish();
    expect(await offsets()).toHaveLength(0);
  });
});
