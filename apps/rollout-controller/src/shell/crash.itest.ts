// A rollout whose every write fails once before and once after it is made, beside one that nobody disturbs: the same tables in the end.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConsumedRecord } from '@ratchet/kafka';
import { createTestDatabase, seededRandom, type TestDatabase } from '@ratchet/testing';
import { bundle, champion, World } from './rollout-world.fixture.js';

const servers: TestDatabase[] = [];
const worlds: World[] = [];
const open = async (policy: object = {}): Promise<World> => {
  const server = await createTestDatabase('crash');
  servers.push(server);
  const world = await World.open(server.url, policy);
  worlds.push(world);
  return world;
};
afterAll(async () => {
  for (const { database } of worlds) await database.stop();
  for (const server of servers) await server.drop();
});

/** The connection goes at the `at`-th write of the next transaction (its commit is one), before or after it. */
interface Fault {
  at: number;
  readonly when: 'before' | 'after';
  hit: boolean;
}

const isWrite = (sql: string): boolean => /^\s*(insert|update|delete|with|commit)/i.test(sql);

/** Every connection of the world from now on is subject to the fault that `current` gives. */
const breakConnections = ({ database: { dataSource } }: World, current: () => Fault | undefined): void => {
  const connect = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = connect(mode);
    const query = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
    runner.query = (async (sql: string, ...rest: unknown[]): Promise<unknown> => {
      const fault = current();
      if (!fault || fault.hit || !isWrite(sql)) return query(sql, ...rest);
      fault.at -= 1;
      fault.hit = fault.at === 0;
      if (!fault.hit) return query(sql, ...rest);
      if (fault.when === 'after') await query(sql, ...rest);
      throw new Error('Connection terminated unexpectedly');
    }) as typeof runner.query;
    return runner;
  };
};

type Step = () => Promise<void>;
type Run = (step: Step) => Promise<void>;

/** Starts, advances, is paused and resumed, rolled back for harm; the next one is advanced to its promotion by a person, and taken back. */
const script = async (world: World, run: Run): Promise<void> => {
  const deliver = (...records: ConsumedRecord[]): Promise<void> => run(() => world.deliver(...records));
  const served = async (n: number, failed: number): Promise<void> => {
    const running = await world.running();
    await deliver(world.vitals('control', n, Math.round(n * 0.15), running), world.vitals('candidate', n, failed, running));
    world.at += 2000;
    await run(() => world.tick());
  };
  await deliver(world.command({ name: 'target.adopt', bundle }));
  await deliver(world.judged('v2'));
  await deliver(world.registered('v2'));
  await served(300, 40);
  await deliver(world.command({ name: 'rollout.pause' }));
  await deliver(world.command({ name: 'rollout.resume' }));
  await served(300, 40);
  await served(300, 200);
  await deliver(world.judged('v3', { outcome: 'insufficient', awaits: 'person' }), world.registered('v3'));
  await deliver(world.command({ name: 'candidate.approve', version: 'v3', stage: 0, evidence: 1 }));
  for (let stage = 1; stage <= 5; stage += 1) await deliver(world.command({ name: 'rollout.advance' }));
  await deliver(world.command({ name: 'rollout.rollback' }));
};

/** All that is kept, but for what says when and in which order the database numbered it. */
const tables = async ({ database }: World): Promise<Record<string, unknown[]>> => {
  const kept: Record<string, string> = {
    targets: `select * from targets order by target`,
    rollouts: `select rollout_id, status, stage, has_traffic, state, last_candidate_data_at from rollouts order by rollout_id`,
    transitions: `select * from rollout_transitions order by rollout_id, sequence`,
    routing: `select * from routing_revisions order by target, revision`,
    outbox: `select topic, key, value, headers->>'ce_id' as id, headers->>'ce_type' as type from outbox order by sequence`,
    tallies: `select * from arm_tallies order by rollout_id, stage, arm`,
    offsets: `select * from evidence_offsets order by rollout_id`,
    commands: `select * from handled_commands order by command_id`,
    inbox: `select source, event_id from inbox order by source, event_id`,
  };
  const found: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(kept)) found[name] = await database.query(sql);
  return found;
};

describe('a crash at every write', () => {
  it('leads to the same record, the same routing and the same events as no crash at all', async () => {
    const [calm, disturbed] = [await open(), await open()];
    await script(calm, (step) => step());

    let fault: Fault | undefined;
    const crashes = { before: 0, after: 0 };
    breakConnections(disturbed, () => fault);
    await script(disturbed, async (step) => {
      for (const when of ['before', 'after'] as const) {
        for (let at = 1, hit = true; hit; at += 1) {
          fault = { at, when, hit: false };
          await step().catch((error: Error) => expect(error.message).toMatch(/Connection terminated/));
          hit = fault.hit;
          if (hit) crashes[when] += 1;
        }
      }
      fault = undefined;
      await step();
    });

    const [expected, found] = [await tables(calm), await tables(disturbed)];
    expect(crashes.before).toBeGreaterThan(100);
    expect(found).toEqual(expected);
    const shares = (expected['routing'] as { body: { share: number; champion: string } }[]).map(({ body: { share, champion: serves } }) => [serves === champion ? 'v1' : serves, share]);
    expect(shares).toEqual([
      ['v1', 0], ['v1', 0.01], ['v1', 0.05], ['v1', 0.25], ['v1', 0],
      ['v1', 0.01], ['v1', 0.05], ['v1', 0.25], ['v1', 0.5], ['v1', 0.95], ['v3', 0], ['v1', 0],
    ]);
    const rows = expected['transitions'] as { rollout_id: string; after: { share: number } }[];
    const changes = rows.filter(({ rollout_id: id, after }, i) => after.share !== (rows[i - 1]?.rollout_id === id ? rows[i - 1]!.after.share : 0));
    // The adoption and the return to the champion before are no rollout's.
    expect(changes).toHaveLength(shares.length - 2);
  });
});

describe('counts', () => {
  let inOrder: unknown[] = [];
  const counted = async (arrange: (records: readonly ConsumedRecord[], world: World) => readonly ConsumedRecord[]): Promise<{ tallies: unknown[]; offsets: { offset: string }[] }> => {
    const world = await open();
    await world.deliver(world.command({ name: 'target.adopt', bundle }));
    await world.candidate('v2');
    const running = await world.running();
    const records = Array.from({ length: 30 }, (_, i) => world.vitals(i % 3 === 0 ? 'control' : 'candidate', 10 + i, 2 + (i % 3), running, { unsafe: i === 7 ? 1 : 0 }));
    const arranged = arrange(records, world);
    for (let start = 0; start < arranged.length; start += 7) await world.deliver(...arranged.slice(start, start + 7));
    const offsets = await world.database.query<{ offset: string }>('select last_offset::text as offset from evidence_offsets');
    return { tallies: await world.database.query('select * from arm_tallies order by stage, arm'), offsets };
  };

  beforeAll(async () => {
    inOrder = (await counted((records) => records)).tallies;
  });

  it('are those of every event once', () => {
    const sum = (from: number, ours: boolean): number => Array.from({ length: 30 }, (_, i) => (i % 3 === 0) === ours ? from + i : 0).reduce((a, b) => a + b);
    expect(inOrder).toMatchObject([{ arm: 'candidate', requests: sum(10, false), unsafe: 1 }, { arm: 'control', requests: sum(10, true) }]);
  });

  it.each([1, 2, 3])('are the same of events that come twice and out of order (seed %d)', async (seed) => {
    const random = seededRandom(seed);
    const { tallies } = await counted((records, world) => {
      const twice = [...records, ...records.filter(() => random.next() < 0.5)];
      return twice.map((record) => ({ record, at: random.next() })).sort((a, b) => a.at - b.at).map(({ record }) => world.again(record));
    });
    expect(tallies).toEqual(inOrder);
  });

  it('are the same where batches come again as a whole, and no place in the log goes back', async () => {
    const { tallies, offsets } = await counted((records) => [...records, ...records.slice(0, 20)]);
    expect(tallies).toEqual(inOrder);
    expect(offsets).toEqual([{ offset: expect.any(String) }]);
    expect(Number(offsets[0]!.offset)).toBe(33);
  });
});
