import { describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createKafka, EventProducer } from '@ratchet/kafka';
import { Logger, Metrics } from '@ratchet/observability';
import { BatchWatch } from './batch-watch.js';
import { PlatformModule } from './platform.module.js';

describe('BatchWatch', () => {
  it('names the oldest batch that has been under way for too long, until it ends', () => {
    const watch = new BatchWatch(60_000);
    const endOld = watch.begin('a batch of a', 0);
    watch.begin('a batch of b', 1_000);
    expect(watch.stuck(59_999)).toBeUndefined();
    expect(watch.stuck(60_500)).toEqual({ what: 'a batch of a', seconds: 61 });
    endOld();
    expect(watch.stuck(60_500)).toBeUndefined();
    expect(watch.stuck(61_000)).toEqual({ what: 'a batch of b', seconds: 60 });
  });

  it('has the service say that it should be started again', async () => {
    const logger = Logger.silent();
    const kafka = createKafka({ brokers: ['localhost:1'], clientId: 'test' }, logger);
    const watch = new BatchWatch(60_000);
    const platform = PlatformModule.with({ config: {}, logger, metrics: new Metrics(), kafka, producer: new EventProducer(kafka), watch });
    const app = await NestFactory.create<NestFastifyApplication>(platform, new FastifyAdapter(), { logger: false });
    await app.init();
    const ask = async () => {
      const { statusCode, body } = await app.inject({ method: 'GET', url: '/health/live' });
      return { statusCode, body: JSON.parse(body) as unknown };
    };
    const end = watch.begin('a batch of things', Date.now() - 90_000);
    expect(await ask()).toEqual({ statusCode: 503, body: { status: 'a batch of things has been under way for 90 s' } });
    end();
    expect(await ask()).toEqual({ statusCode: 200, body: { status: 'live' } });
    await app.close();
  });
});
