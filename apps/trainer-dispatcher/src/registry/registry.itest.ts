// The registry is what the events say, in whatever order and however often they come, against a real PostgreSQL.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bundleHash } from '@ratchet/domain';
import type { CandidateJudged, CandidateRegistered, RoutingChanged, VersionPromoted, VersionPublished } from '@ratchet/domain';
import { Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import type { Transaction } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { migrations } from '../persistence/migrations.js';
import { RegistryMetrics } from './registry-metrics.js';
import { RegistryHandlers } from './registry.handlers.js';

const target = { model: 'assistant', workload: 'default' };
const at = '2026-06-01T00:00:00.000Z';
const bundle = { provider: { name: 'p', model: 'm@2' } };
let server: TestDatabase;
let database: Database;
let handlers: RegistryHandlers;
const metrics = new Metrics();

beforeAll(async () => {
  server = await createTestDatabase('registry');
  database = new Database({ url: server.url, service: 'trainer-dispatcher', migrations });
  await database.start();
  handlers = new RegistryHandlers();
});
afterAll(async () => {
  await database?.stop();
  await server?.drop();
});
beforeEach(async () => {
  await database.query('truncate registry_versions, registry_aliases, registry_revisions');
});

type Step = (tx: Transaction) => Promise<void>;
const event = <Data>(data: Data) => ({ id: 'e', source: '/test', type: 'test', time: at, data });
const cycle = { cycleId: 'c1', ...target, version: 'v2', baseVersion: 'v1' };
const published: Step = (tx) => handlers.onPublished(event<VersionPublished>({ versionId: 'v2', ...target, ordinal: 2, bundle, contentHash: bundleHash(bundle), parentVersion: 'v1', publishedAt: at }), tx);
const registered: Step = (tx) =>
  handlers.onRegistered(event<CandidateRegistered>({ ...cycle, trainingRunId: 'r', datasetIds: ['d1'], opportunityIds: ['o1'], trainingConfig: { recipe: 'gentle' }, trainingSeconds: 4, backend: 'command', dataHash: 'h', metrics: { loss: 0.5 }, costUsd: 0.1, registeredAt: at }), tx);
const judged: Step = (tx) => handlers.onJudged(event<CandidateJudged>({ ...cycle, outcome: 'passed', gates: [], message: '', judgedAt: at }), tx);
const promoted: Step = (tx) => handlers.onPromoted(event({ ...cycle, promotedAt: at } as unknown as VersionPromoted), tx);
const routing = (revision: number, champion: string, candidate?: string): Step => (tx) =>
  handlers.onRouting(event<RoutingChanged>({ ...target, revision, champion, ...(candidate !== undefined && { candidate }), share: 0, stage: 0, salt: '', stickTo: 'user', changedAt: at }), tx);
const take = async (...steps: Step[]): Promise<void> => {
  for (const step of steps) await database.transaction(step);
};
const rows = () => database.query(`select * from registry_versions order by version_id`);
const aliases = async () => Object.fromEntries((await database.query<{ alias: string; version_id: string }>(`select alias, version_id from registry_aliases`)).map(({ alias, version_id }) => [alias, version_id]));

describe('the registry', () => {
  it('holds lineage, training and verdict of a version, in whatever order and however often they are told', async () => {
    await take(published, registered, judged, promoted);
    const expected = await rows();
    expect(expected).toMatchObject([
      { version_id: 'v2', ordinal: 2, parent_version: 'v1', content_hash: bundleHash(bundle), cycle_id: 'c1', dataset_ids: ['d1'], opportunity_ids: ['o1'], training_config: { recipe: 'gentle' }, backend: 'command', data_hash: 'h', metrics: { loss: 0.5 }, cost_usd: 0.1, outcome: 'passed', promoted_at: new Date(at) },
    ]);
    await database.query('truncate registry_versions');
    await take(promoted, judged, registered, published, registered, promoted);
    expect(await rows()).toEqual(expected);
  });

  it('moves aliases with the newest routing alone', async () => {
    await take(routing(2, 'v1', 'v2'));
    expect(await aliases()).toEqual({ champion: 'v1', candidate: 'v2' });
    await take(routing(4, 'v2'), routing(3, 'v1', 'v2'), routing(2, 'v1', 'v2'));
    expect(await aliases()).toEqual({ champion: 'v2' });
  });

  it('counts versions by where they stand', async () => {
    await take(published, judged, routing(1, 'v1', 'v2'));
    await new RegistryMetrics(database, metrics).tick();
    expect(await metrics.registry.getSingleMetricAsString('ratchet_registry_versions')).toContain('{model="assistant",workload="default",state="candidate"} 1');
    await take(routing(2, 'v2'));
    await new RegistryMetrics(database, metrics).tick();
    expect(await metrics.registry.getSingleMetricAsString('ratchet_registry_versions')).not.toContain('state="candidate"');
  });
});
