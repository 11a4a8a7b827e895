// From an alert to a mail server and a Slack-shaped receiver, against a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '@ratchet/contracts';
import { alertRaised, alertResolved } from '@ratchet/domain';
import { Logger, Metrics } from '@ratchet/observability';
import { Database } from '@ratchet/persistence';
import { createTestDatabase, type TestDatabase } from '@ratchet/testing';
import { SMTPServer } from 'smtp-server';
import { loadConfig, type Config } from '../config.js';
import { contract } from '../contract.js';
import { migrations } from '../persistence/migrations.js';
import { DeliveryTick } from '../webhooks/delivery.tick.js';
import { WebhookMetrics } from '../webhooks/webhook-metrics.js';
import { AlertsController } from './alerts.controller.js';
import { sendToChannel } from './channel-client.js';
import { addressHashOf, receiverOf } from './channel-config.js';
import { ChannelQueue } from './channel-queue.js';

let store: TestDatabase;
let database: Database;
let slack: Server;
let smtp: SMTPServer;
let config: Config;
let posts: { text: string }[] = [];
let mails: string[] = [];
let refusal: number | undefined;
let slackStatus = 200;
const metrics = new WebhookMetrics(new Metrics());

beforeAll(async () => {
  store = await createTestDatabase('console');
  database = new Database({ url: store.url, service: contract.service, migrations });
  await database.start();
  slack = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      posts.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(slackStatus).end('ok');
    });
  });
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'], allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => (username === 'u' && password === 'p' ? done(null, { user: 'u' }) : done(new Error('no'))),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        if (refusal !== undefined) return done(Object.assign(new Error('refused'), { responseCode: refusal }));
        mails.push(Buffer.concat(chunks).toString());
        return done();
      });
    },
  });
  await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
});
afterAll(async () => {
  slack.closeAllConnections();
  slack.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await database?.stop();
  await store?.drop();
});
beforeEach(() => {
  [posts, mails, refusal, slackStatus] = [[], [], undefined, 200];
  const common = { severities: ['critical'], timeoutMs: 3_000 };
  const channels = [
    { ...common, type: 'slack', name: `s${randomUUID()}`, url: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/secret-path` },
    { ...common, type: 'email', name: `e${randomUUID()}`, host: '127.0.0.1', port: (smtp.server.address() as AddressInfo).port, tls: 'none', user: 'u', password: 'p', from: 'ratchet@example.com', to: ['ann@example.com', 'bob@example.com'] },
  ];
  config = loadConfig({ KAFKA_BROKERS: 'k:9092', DATABASE_URL: store.url, ALERT_CHANNELS: JSON.stringify(channels) });
});

const event = <Data>(type: string, data: Data): EventEnvelope<Data> => ({ id: randomUUID(), source: '/test', type, time: new Date().toISOString(), data });
const raise = (alertId: string, parts: object = {}): Promise<void> =>
  database.transaction((tx) => new ChannelQueue(config).raised(tx, event(alertRaised.type, alertRaised.schema.parse({ alertId, workload: 'default', name: 'rollout_no_data', severity: 'critical', message: 'm', raisedAt: '2026-01-01T00:00:00Z', ...parts }))));
const resolve = (alertId: string): Promise<void> =>
  database.transaction((tx) => new ChannelQueue(config).resolved(tx, event(alertResolved.type, alertResolved.schema.parse({ alertId, workload: 'default', name: 'rollout_no_data', message: 'over', resolvedAt: '2026-01-01T01:00:00Z' }))));
const deliver = async (): Promise<void> => {
  for (const channel of config.ALERT_CHANNELS) await new DeliveryTick({ receiver: receiverOf(channel), urlHash: addressHashOf(channel), send: (message) => sendToChannel(channel, message), database, metrics, logger: Logger.silent() }).tick();
};
const headerOf = (mail: string | undefined, name: string): string | undefined => new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'imu').exec(mail ?? '')?.[1]?.replace(/\r\n\s+/gu, ' ');
const ana = { name: 'ana', role: 'admin', via: 'session', readOnly: false } as const;

describe('channels', () => {
  it('are told of an alert and its end, by mail in one thread; what comes back is counted', async () => {
    await raise('a1');
    await raise('a2');
    await deliver();
    await resolve('a1');
    await deliver();
    expect(posts).toHaveLength(1);
    await resolve('a2');
    await deliver();
    expect(posts.map(({ text }) => text)).toEqual(['CRITICAL: rollout_no_data (default)', 'Resolved: rollout_no_data (default)']);
    expect(JSON.stringify(posts[1])).toContain('1 more time');
    expect(mails).toHaveLength(2);
    expect(headerOf(mails[1], 'In-Reply-To')).toBe(headerOf(mails[0], 'Message-ID'));
    expect(headerOf(mails[0], 'To')).toBe('ann@example.com, bob@example.com');
  });

  it('are not told of flapping: one that comes back soon and goes again is withdrawn', async () => {
    await raise('b1');
    await resolve('b1');
    await raise('b2');
    await deliver();
    await resolve('b2');
    await deliver();
    expect(posts).toHaveLength(2);
  });

  it('mention nobody and take no header from a name', async () => {
    await raise('c1', { name: 'n\r\nBcc: eve@example.com', message: '<!channel> <@U1> & <script>alert(1)</script>' });
    await deliver();
    expect(JSON.stringify(posts)).not.toMatch(/<!|<@|<script/u);
    expect(JSON.stringify(posts)).toContain('&lt;!channel&gt;');
    expect(headerOf(mails[0], 'Bcc')).toBeUndefined();
    expect(mails[0]).not.toMatch(/html[\s\S]*<script/u);
  });

  it('are told only what they ask for', async () => {
    await raise('d1', { severity: 'warning' });
    await deliver();
    expect([posts, mails]).toEqual([[], []]);
  });

  it('try again what a server cannot take now; what is given up is an alert once, and can be sent again', async () => {
    refusal = 450;
    await raise('e1');
    await deliver();
    const receiver = receiverOf(config.ALERT_CHANNELS[1]!);
    const rows = () => database.query('select delivery_id::text as id, state, last_error as error from webhook_deliveries where webhook = $1', [receiver]);
    expect(await rows()).toMatchObject([{ state: 'waiting', error: 'smtp_450' }]);
    refusal = 550;
    await database.query('update webhook_deliveries set next_attempt_at = now(), attempts = 11 where webhook = $1', [receiver]);
    await deliver();
    expect(await rows()).toMatchObject([{ state: 'gave_up', error: 'refused' }]);
    expect(await database.query('select from receiver_troubles where receiver = $1', [receiver])).toHaveLength(1);
    refusal = undefined;
    const alerts = new AlertsController(config, database);
    expect((await alerts.channels()).items[1]?.failingSince).not.toBeNull();
    await alerts.again(String((await rows())[0]?.['id']), ana);
    await deliver();
    expect(mails).toHaveLength(1);
    expect((await alerts.channels()).items[1]?.failingSince).toBeNull();
    expect(JSON.stringify(await alerts.channels())).not.toMatch(/secret-path|"p"/u);
  });

  it('can be tested, and say what came of it', async () => {
    const alerts = new AlertsController(config, database);
    const [first, second] = config.ALERT_CHANNELS;
    expect(await alerts.test('email', second!.name, ana)).toEqual({ ok: true, status: 250, error: null, response: null });
    slackStatus = 403;
    expect(await alerts.test('slack', first!.name, ana)).toEqual({ ok: false, status: 403, error: null, response: 'ok' });
  });
});
