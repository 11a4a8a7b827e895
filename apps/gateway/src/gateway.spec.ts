import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventProducer, type KafkaClient } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { PlatformModule } from '@ratchet/service';
import { AppModule } from './app.module.js';
import { loadConfig } from './config.js';
import { addVersion, routeOf } from './http/gateway-under-test.js';
import { SnapshotFile } from './routing/routing-snapshot.js';
import { RoutingTable } from './routing/routing-table.js';

/** Kafka while nobody answers. */
const noBroker = (): Promise<never> => Promise.reject(new Error('no broker'));
const unreachableKafka = {
  admin: () => ({ connect: noBroker, disconnect: () => Promise.resolve() }),
  producer: () => ({ connect: noBroker, disconnect: () => Promise.resolve() }),
  consumer: () => ({ start: noBroker, stop: () => Promise.resolve() }),
} as unknown as KafkaClient;

describe('the gateway as a Nest application, without Kafka', () => {
  let folder: string;
  let provider: Server;
  let app: NestFastifyApplication;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    provider = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const table = new RoutingTable();
    addVersion(table, 'v1', { provider: { name: 'mock', model: 'm' } });
    table.applyRouting(routeOf());
    await new SnapshotFile(join(folder, 'routing.json')).save(table);
    const config = loadConfig({
      KAFKA_BROKERS: 'nobody:9092',
      PROVIDERS: JSON.stringify({ mock: { baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1` } }),
      GATEWAY_DATA_DIR: folder,
      ROUTING_WAIT_MS: '1',
    });
    const platform = PlatformModule.with({ config, logger: Logger.silent(), metrics: new Metrics(), kafka: unreachableKafka, producer: new EventProducer(unreachableKafka) });
    app = await NestFactory.create<NestFastifyApplication>({ module: class Root {}, imports: [platform, AppModule.forRoot()] }, new FastifyAdapter(), { logger: false });
    await app.init();
  });
  afterEach(async () => {
    await new Promise((resolve) => provider.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('serves from the last known routing table, and keeps what happened for later', async () => {
    const response = await app.inject({ method: 'POST', url: '/v1/chat/completions', payload: { model: 'assistant', messages: [{ role: 'user', content: 'Hello' }] } });
    expect([response.statusCode, response.headers['x-ratchet-version'], response.json().choices[0].message.content]).toEqual([200, 'v1', 'Hi']);
    expect((await app.inject({ url: '/health/live' })).statusCode).toBe(200);
    expect((await app.inject({ url: '/health/ready' })).json()).toMatchObject({ status: 'ready', routing: { from: 'snapshot', savedAt: expect.any(String) } });
    expect((await app.inject({ url: '/metrics' })).payload).toContain('ratchet_gateway_requests_total{route="chat",outcome="ok"} 1');
    await app.close();
    const spooled = JSON.parse(await readFile(join(folder, 'spool.jsonl'), 'utf8'));
    expect(spooled).toMatchObject({ topic: 'ratchet.interactions.v1', headers: { ce_type: 'ratchet.interaction.completed' } });
    expect(JSON.parse(spooled.value)).toMatchObject({ interactionId: response.headers['x-ratchet-interaction'], output: { content: 'Hi' } });
  });
});
