// From an event in the console's transaction to a receiver over HTTP: against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved, versionPromoted, versionRolledBack } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { loadConfig, type Config } from '../config.js';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { postMessage } from './webhook-client.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { WebhookQueue, type Told } from './webhook-queue.js';
import { WebhookTick, type WebhookTickOptions } from './webhook.tick.js';
import { WebhooksController } from './webhooks.controller.js';

let store: TestDatabase;
let database: Database;
let server: Server;
/** What the receiver got, as webhook-id, and how it answers: 200 unless it is told otherwise. */
let got: { id: string; body: { id: string; type: string; data: { version?: string } } }[];
let answers: number[];
let config: Config;
const metrics = new Metrics();

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      got.push({ id: String(request.headers['webhook-id']), body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(answers.shift() ?? 200).end('said');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database?.stop();
  await store?.drop();
});
beforeEach(() => {
  got = [];
  answers = [];
  // A name for each test: one that ended stays so.
  const webhook = { name: `t${randomUUID()}`, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a-secret-path` };
  config = loadConfig({ KAFKA_BROKERS: 'k:9092', DATABASE_URL: store.url, WEBHOOKS: JSON.stringify([webhook, { ...webhook, name: 'others', workloads: ['sales'] }]) });
});

const counts = { units: 0, failedUnits: 0, outcomes: 0, failures: 0, errors: 0, unsafe: 0, latencyP95Ms: null };
const common = { rolloutId: 'r', cycleId: 'c', previousVersion: 'v1', actor: 'policy', reason: 'all stages passed', evidence: { candidate: counts, control: counts, tests: [], formulaVersion: '1' } };
const event = <Data>(type: string, data: Data, time = new Date().toISOString()): EventEnvelope<Data> => ({ id: randomUUID(), source: '/ratchet/rollout-controller', type, time, data });
const promoted = (version: string, model = 'assistant', time?: string) =>
  event(versionPromoted.type, versionPromoted.schema.parse({ ...common, model, workload: 'default', version, opportunityIds: [], datasetIds: [], promotedAt: '2026-01-01T00:00:00Z' }), time);
const rolledBack = (version: string) =>
  event(versionRolledBack.type, versionRolledBack.schema.parse({ ...common, model: 'assistant', workload: 'default', version, stage: 2, metric: 'errors', rolledBackAt: '2026-01-01T00:00:00Z' }));

const add = (one: EventEnvelope<Told>): Promise<void> => database.transaction((tx) => new WebhookQueue(config, new WebhookMetrics(metrics), Logger.silent()).add(tx, one));
const tickOf = (options: Partial<WebhookTickOptions> = {}): WebhookTick => new WebhookTick({ webhook: config.WEBHOOKS[0]!, database, metrics: new WebhookMetrics(metrics), logger: Logger.silent(), ...options });
const tick = (options: Partial<WebhookTickOptions> = {}): Promise<void> => tickOf(options).tick();
const name = (): string => config.WEBHOOKS[0]!.name;
const rows = (): Promise<object[]> => database.query('select message_id as id, state, attempts, last_status as status, last_error as error from webhook_deliveries where webhook = $1 order by delivery_id', [name()]);
/** As if the wait, or a lease, were over. */
const passTime = (): Promise<object[]> => database.query('update webhook_deliveries set next_attempt_at = now() where webhook = $1', [name()]);
const versions = (): unknown[] => got.map(({ body }) => body.data.version);

describe('webhooks', () => {
  it('are told of an event once, however often it comes', async () => {
    const one = promoted('v2');
    await add(one);
    await add(one);
    await tick();
    await add(one);
    await tick();
    expect(got.map(({ id, body }) => [id, body.id, body.type])).toEqual([[one.id, one.id, 'ratchet.version.promoted']]);
    expect(await rows()).toEqual([{ id: one.id, state: 'delivered', attempts: 1, status: 200, error: null }]);
    expect(await database.query(`select from webhook_deliveries where webhook = 'others'`)).toEqual([]);
  });

  it('are told again what failed, with the same id, once the wait is over', async () => {
    answers = [500];
    const one = promoted('v2');
    await add(one);
    await tick();
    await tick();
    expect(await rows()).toEqual([{ id: one.id, state: 'waiting', attempts: 1, status: 500, error: null }]);
    await passTime();
    await tick();
    expect(got.map(({ id }) => id)).toEqual([one.id, one.id]);
    expect(await rows()).toEqual([{ id: one.id, state: 'delivered', attempts: 2, status: 200, error: null }]);
  });

  it('are told again, with the same id, after a crash between the request and its note', async () => {
    const one = promoted('v2');
    await add(one);
    const crashing = { post: async (...args: Parameters<typeof postMessage>) => { await postMessage(...args); throw new Error('killed'); } };
    await expect(tick(crashing)).rejects.toThrow('killed');
    // Nobody else sends it while it may be under way.
    await tick();
    expect(got).toHaveLength(1);
    await passTime();
    await tick();
    expect(got.map(({ id }) => id)).toEqual([one.id, one.id]);
    expect(await rows()).toEqual([{ id: one.id, state: 'delivered', attempts: 2, status: 200, error: null }]);
  });

  it('are told in order by target: a later event waits for an earlier one, and those of other targets do not', async () => {
    answers = [503];
    await add(promoted('v2'));
    await add(rolledBack('v2'));
    await tick();
    await add(promoted('x7', 'another'));
    await tick();
    expect(versions()).toEqual(['v2', 'x7']);
    await passTime();
    await tick();
    expect(got.map(({ body }) => [body.type, body.data.version])).toEqual([
      ['ratchet.version.promoted', 'v2'], ['ratchet.version.promoted', 'x7'], ['ratchet.version.promoted', 'v2'], ['ratchet.version.rolledback', 'v2'],
    ]);
  });

  it('are told of the end of an alert after its beginning, and of another alert meanwhile', async () => {
    const raised = (alertId: string) => event(alertRaised.type, alertRaised.schema.parse({ alertId, workload: 'default', name: 'n', severity: 'critical', message: 'm', raisedAt: '2026-01-01T00:00:00Z' }));
    const [first, second] = [raised('a1'), raised('a2')];
    const resolved = event(alertResolved.type, alertResolved.schema.parse({ alertId: 'a1', workload: 'default', name: 'n', message: 'm', resolvedAt: '2026-01-01T01:00:00Z' }));
    answers = [500];
    await add(first);
    await tick();
    for (const one of [resolved, second]) await add(one);
    await tick();
    await passTime();
    await tick();
    expect(got.map(({ id }) => id)).toEqual([first.id, second.id, first.id, resolved.id]);
  });

  it('are told once where two consoles look at the same moment', async () => {
    for (const version of ['v2', 'v3', 'v4']) await add(promoted(version, version));
    await Promise.all([tick(), tick()]);
    await tick();
    expect(versions().sort()).toEqual(['v2', 'v3', 'v4']);
  });

  it('end with 410, and are told of nothing more until they have another address', async () => {
    answers = [410];
    await add(promoted('v2'));
    await add(rolledBack('v2'));
    await tick();
    await add(promoted('v3'));
    await tick();
    expect(versions()).toEqual(['v2']);
    expect(await rows()).toMatchObject([{ state: 'gave_up', error: 'gone' }, { state: 'gave_up', error: 'gone' }]);
    const [shown] = (await new WebhooksController(config, database).webhooks() as { webhooks: object[] }).webhooks;
    expect(shown).toMatchObject({ ended: true, waiting: 0 });
    config.WEBHOOKS[0]!.url += '-2';
    await add(promoted('v4'));
    await tick();
    expect(versions()).toEqual(['v2', 'v4']);
  });

  it('are not told of what happened days ago', async () => {
    await add(promoted('v2', 'assistant', new Date(Date.now() - 80 * 3_600_000).toISOString()));
    expect(await rows()).toEqual([]);
  });

  it('are told of alerts, and of ids and names that no header or database could hold', async () => {
    const alert = event(alertRaised.type, alertRaised.schema.parse({ alertId: 'a\u0000', workload: 'w\u0000', name: 'n', severity: 'warning', message: 'm', raisedAt: '2026-01-01T00:00:00Z' }));
    await add({ ...alert, id: 'an.id\u0000\r\nx: y' });
    await tick();
    expect(got).toMatchObject([{ body: { id: 'an.id\u0000\r\nx: y', data: { workload: 'w\u0000' } } }]);
    expect(got[0]?.id).toMatch(/^[\w-]{36}$/);
  });

  it('show what became of them, and neither address nor secret', async () => {
    answers = [404];
    const one = promoted('v2');
    await add(one);
    await tick();
    const page = await new WebhooksController(config, database).webhooks();
    expect(page).toMatchObject({ webhooks: [{ name: name(), ended: false, signed: false, waiting: 1, last: [{ webhookId: one.id, state: 'waiting', attempts: 1, status: 404, error: null, response: 'said' }] }, { name: 'others' }] });
    expect(JSON.stringify(page)).not.toContain('a-secret-path');
    expect(await metrics.registry.metrics()).toContain(`ratchet_console_webhook_deliveries_total{webhook="${name()}",result="failed"} 1`);
    expect(await metrics.registry.metrics()).toContain(`ratchet_console_webhook_waiting{webhook="${name()}"} 1`);
  });
});
