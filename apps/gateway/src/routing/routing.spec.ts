import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEvent } from '@ratchet/contracts';
import { routingChanged, versionPublished, type RoutingChanged, type VersionPublished } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { routeOf } from '../http/gateway-under-test.js';
import { chooseVersion, type Requester } from './choose-version.js';
import { RoutingFollower, type TopicRecord } from './routing-follower.js';
import { SnapshotFile } from './routing-snapshot.js';
import { RoutingTable } from './routing-table.js';

const versionOf = (versionId: string, workload = 'support'): VersionPublished => ({
  versionId,
  model: 'assistant',
  workload,
  ordinal: 1,
  bundle: { provider: { name: 'p', model: versionId } },
  contentHash: versionId,
  publishedAt: '2026-01-01T00:00:00.000Z',
});

describe('RoutingTable', () => {
  it('ignores a revision that is not newer, target by target', () => {
    const table = new RoutingTable();
    expect(table.applyRouting(routeOf({ revision: 5, champion: 'v5' }))).toBe(true);
    expect(table.applyRouting(routeOf({ revision: 4, champion: 'v4' }))).toBe(false);
    expect(table.applyRouting(routeOf({ revision: 5, champion: 'other' }))).toBe(false);
    expect(table.applyRouting(routeOf({ workload: 'billing', revision: 1, champion: 'v1' }))).toBe(true);
    expect(table.route({ model: 'assistant', workload: 'support' })?.champion).toBe('v5');
    expect(table.models()).toEqual(['assistant']);
    expect(table.workloadsOf('assistant')).toEqual(['support', 'billing']);
  });
});

describe('chooseVersion', () => {
  const table = new RoutingTable();
  for (const version of [versionOf('v1'), versionOf('v2'), versionOf('v3'), versionOf('v9', 'billing')]) table.applyVersion(version);
  const choose = (route: RoutingChanged, requester: Partial<Requester> = {}) =>
    chooseVersion({ table, route, requester: { conversationId: 'c', userId: undefined, wantedVersion: undefined, continues: false, segment: undefined, covariate: undefined, ...requester } });
  const rollout = { candidate: 'v2', rolloutId: 'r1', salt: 'r1', stage: 1 };

  it('gives nobody to a candidate with no share, and everybody to one with all of it', () => {
    for (let at = 0; at < 200; at += 1) {
      const conversationId = `c${at}`;
      expect(choose(routeOf({ ...rollout, share: 0 }), { conversationId })).toMatchObject({ choice: { version: { versionId: 'v1' }, assignment: { arm: 'rest' } } });
      expect(choose(routeOf({ ...rollout, share: 1 }), { conversationId })).toMatchObject({ choice: { version: { versionId: 'v2' }, fallback: { versionId: 'v1' }, assignment: { arm: 'candidate' } } });
    }
  });

  it('never takes a key from the candidate while its share grows, and serves each share within four standard errors', () => {
    const shares = [0.01, 0.05, 0.25, 0.5, 1];
    const n = 20_000;
    const served = shares.map(() => 0);
    for (let at = 0; at < n; at += 1) {
      const arms = shares.map((share) => {
        const chosen = choose(routeOf({ ...rollout, share }), { conversationId: `c${at}` });
        return chosen.ok && chosen.choice.version.versionId === 'v2';
      });
      expect(arms.join()).toBe([...arms].sort().join());
      arms.forEach((isIn, stage) => (served[stage] = (served[stage] ?? 0) + Number(isIn)));
    }
    for (const [stage, share] of shares.entries()) expect(Math.abs((served[stage] ?? 0) / n - share)).toBeLessThanOrEqual(4 * Math.sqrt((share * (1 - share)) / n));
  });

  it("serves an experiment's control its own version, and the champion in its place where its contents are missing", () => {
    const chosen = (control: string) => Array.from({ length: 50 }, (_, at) => choose(routeOf({ ...rollout, kind: 'experiment', share: 0.1, control, controlShare: 0.9 }), { conversationId: `c${at}` })).filter(({ ok }) => ok);
    const versions = chosen('v3').map((answer) => answer.ok && [answer.choice.assignment?.arm, answer.choice.version.versionId].join());
    expect(new Set(versions)).toEqual(new Set(['candidate,v2', 'control,v3']));
    expect(chosen('v4').map((answer) => answer.ok && answer.choice)).toContainEqual(expect.objectContaining({ version: versionOf('v1'), fellBack: true, assignment: expect.objectContaining({ arm: 'control', version: 'v4' }) }));
  });

  it('lets a draining candidate finish the conversations that it had begun, with the champion behind it', () => {
    const draining = { rolloutId: 'r0', candidate: 'v3', salt: 'r0', share: 1, stage: 2, stickTo: 'conversation' as const, until: '2999-01-01T00:00:00.000Z' };
    expect(choose(routeOf({ draining }), { continues: true })).toMatchObject({ choice: { version: { versionId: 'v3' }, fallback: { versionId: 'v1' }, assignment: { rolloutId: 'r0', stage: 2, arm: 'candidate', version: 'v3' } } });
    expect(choose(routeOf({ draining }))).toMatchObject({ choice: { version: { versionId: 'v1' }, assignment: undefined } });
  });

  it("refuses a tester's version of another target, and says when the champion's contents are missing", () => {
    expect(choose(routeOf(), { wantedVersion: 'v9' })).toEqual({ ok: false, reason: 'version_unknown' });
    expect(choose(routeOf({ champion: 'v7' }))).toEqual({ ok: false, reason: 'champion_missing' });
  });

  it('has no assignment outside a rollout', () => {
    expect(choose(routeOf())).toMatchObject({ ok: true, choice: { assignment: undefined, overridden: false, fallback: undefined } });
    expect(choose(routeOf(), { wantedVersion: 'v2' })).toMatchObject({ ok: true, choice: { version: { versionId: 'v2' }, assignment: undefined, overridden: true } });
  });
});

describe('RoutingFollower', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'routing-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const recordOf = (definition: { type: string }, data: RoutingChanged | VersionPublished): TopicRecord => {
    const { topic, value, headers } = encodeEvent({ id: 'e', source: '/test', type: definition.type, time: '2026-01-01T00:00:00Z', data });
    return { topic, value: Buffer.from(value), headers, offset: 0n };
  };

  const follow = (records: readonly TopicRecord[], start: () => Promise<void> = () => Promise.resolve()) => {
    const table = new RoutingTable();
    const metrics = new Metrics();
    const follower = new RoutingFollower({
      table,
      snapshot: new SnapshotFile(join(folder, 'routing.json')),
      openSource: ({ onRecord }) => ({
        start: () => {
          records.forEach(onRecord);
          return start();
        },
        stop: () => Promise.resolve(),
      }),
      waitMs: 5,
      logger: Logger.silent(),
      metrics,
    });
    return { follower, table, metrics };
  };

  it('has read the topics when it has started, shows the revision, and skips what it cannot read', async () => {
    const broken: TopicRecord = { topic: 'ratchet.routing.v1', value: Buffer.from('no json'), headers: {}, offset: 1n };
    const { follower, table, metrics } = follow([recordOf(versionPublished, versionOf('v1')), broken, recordOf(routingChanged, routeOf({ revision: 7 }))]);
    await follower.start();
    expect(table.route({ model: 'assistant', workload: 'support' })?.revision).toBe(7);
    expect(table.version('v1')?.versionId).toBe('v1');
    expect(await metrics.registry.metrics()).toContain('ratchet_gateway_routing_revision{model="assistant",workload="support"} 7');
    await follower.stop();
  });

  it('keeps the routing that it has where a later one contradicts itself', async () => {
    const broken = routeOf({ revision: 8, champion: 'v9', candidate: 'v2', rolloutId: 'r', share: 0.7, controlShare: 0.7 });
    const { follower, table } = follow([recordOf(routingChanged, routeOf({ revision: 7 })), recordOf(routingChanged, broken)]);
    await follower.start();
    expect(table.route({ model: 'assistant', workload: 'support' })).toMatchObject({ revision: 7, champion: 'v1' });
    await follower.stop();
  });

  it('keeps the versions of every arm, and of the candidate that drains, for a restart', () => {
    const table = new RoutingTable();
    for (const id of ['v0', 'v1', 'v2', 'v3', 'v4']) table.applyVersion(versionOf(id));
    const draining = { rolloutId: 'r0', candidate: 'v4', salt: 'r0', share: 1, stage: 2, stickTo: 'conversation' as const, until: '2026-01-01T00:00:00.000Z' };
    table.applyRouting(routeOf({ candidate: 'v2', control: 'v3', draining }));
    expect(table.versionsInUse().map(({ versionId }) => versionId)).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  it('says while it serves the last known table, and since when that was known, until Kafka answers', async () => {
    const first = follow([recordOf(versionPublished, versionOf('v1')), recordOf(routingChanged, routeOf({ revision: 7 }))]);
    await first.follower.start();
    expect(first.follower.origin()).toEqual({ from: 'kafka' });
    await first.follower.stop();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { follower, metrics } = follow([], () => answered);
    await follower.start();
    expect(follower.origin()).toEqual({ from: 'snapshot', savedAt: expect.stringMatching(/^\d{4}-/u) });
    const shown = await metrics.registry.metrics();
    expect(shown).toContain('ratchet_gateway_routing_from_snapshot 1');
    expect(shown).toMatch(/ratchet_gateway_routing_snapshot_timestamp_seconds 1\d{9}/u);
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(follower.origin()).toEqual({ from: 'kafka' });
    expect(await metrics.registry.metrics()).toContain('ratchet_gateway_routing_from_snapshot 0');
    await follower.stop();
  });

  it('serves the last known table after a restart without Kafka, and only the versions in use', async () => {
    const first = follow([recordOf(versionPublished, versionOf('v0')), recordOf(versionPublished, versionOf('v1')), recordOf(routingChanged, routeOf({ revision: 7 }))]);
    await first.follower.start();
    await first.follower.stop();
    const { follower, table } = follow([], () => new Promise(() => undefined));
    await follower.start();
    expect(table.route({ model: 'assistant', workload: 'support' })?.revision).toBe(7);
    expect([table.version('v1')?.versionId, table.version('v0')]).toEqual(['v1', undefined]);
    await follower.stop();
  });

  it('starts without a snapshot that is no snapshot, and replaces it', async () => {
    await writeFile(join(folder, 'routing.json'), '{"routing":1}');
    const { follower, table } = follow([recordOf(routingChanged, routeOf())]);
    await follower.start();
    expect(table.models()).toEqual(['assistant']);
    await follower.stop();
    expect(JSON.parse(await readFile(join(folder, 'routing.json'), 'utf8')).routing).toHaveLength(1);
  });
});
